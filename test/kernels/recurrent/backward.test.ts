import { describePass } from "./harness.ts";

describePass("Backward");

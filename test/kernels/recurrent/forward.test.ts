import { describePass } from "./harness.ts";

describePass("Forward");

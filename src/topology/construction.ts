/**
 * The public Network. It is the class of network.ts, but TypeScript takes the dtype of a new network from its options. A class can have
 * only one default for its type parameter, and two are needed: `Network` is a network of any dtype, `new Network` makes one of "float32".
 */

import type { Dtype } from "../kernels/dtype.ts";
import { Network as NetworkClass, type NetworkOptions } from "./network.ts";

/** A network: its topology and its parameters. `Network<"float32">` is one of that dtype, `Network` one of either. */
export type Network<Type extends Dtype = Dtype> = NetworkClass<Type>;

/** The class `Network` for TypeScript. */
export interface NetworkConstructor extends Pick<typeof NetworkClass, keyof typeof NetworkClass> {
  /**
   * Makes a network and draws its parameters.
   *
   * @throws {RangeError | TypeError} if an option is unknown or does not fit; the message names it and its need
   */
  new <Type extends Dtype = "float32">(options: NetworkOptions<Type>): Network<Type>;
}

export const Network: NetworkConstructor = NetworkClass;

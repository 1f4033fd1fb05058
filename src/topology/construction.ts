/**
 * The public Network. It is the class of network.ts; TypeScript takes the dtype of a new one from its options. A class has one default for
 * its type, and here are two: `Network` is a network of any dtype, `new Network` makes one of "float32".
 */

import type { Dtype } from "../kernels/dtype.ts";
import { Network as NetworkClass, type NetworkOptions } from "./network.ts";

/** A network: its topology and its parameters. `Network<"float32">` is one of that dtype, `Network` one of either. */
export type Network<Type extends Dtype = Dtype> = NetworkClass<Type>;

/** The class `Network`, as TypeScript sees it. */
export interface NetworkConstructor extends Pick<typeof NetworkClass, keyof typeof NetworkClass> {
  /**
   * Makes a network and draws its parameters.
   *
   * @throws {RangeError | TypeError} if an option is unknown or does not fit; the message names it, and says what it needs
   */
  new <Type extends Dtype = "float32">(options: NetworkOptions<Type>): Network<Type>;
}

export const Network: NetworkConstructor = NetworkClass;

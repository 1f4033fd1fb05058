/**
 * The memory of one network: an instance of the kernels and, after the module's own data, blocks that are allocated one after the other.
 * Plans are replaced as a whole, so blocks are released together, back to a mark.
 */

import { core } from "../../build/core.js";
import { ask } from "../kernels/ask.ts";
import { type Dtype, elementBytes, type Values } from "../kernels/dtype.ts";
import {
  type Arithmetic,
  dataEnd,
  type Environment,
  instantiate,
  type Kernels,
  moduleOf,
  mostPages,
  panelBytes,
  supportedArithmetic,
  tableSize,
} from "../kernels/instance.ts";
import {
  type Address,
  type Family,
  type Layout,
  layoutsOf,
  type Operation,
  type OperationName,
} from "../kernels/operations.ts";
import { type Sharing, type Team, teamBytes } from "../kernels/team.ts";

const alignment = 16;
const pageBytes = 65536;
/** The last page stays unused. A block at its end would end at address 2³², which is 0 in 32 bits. */
const maxBytes = 2 ** 32 - pageBytes;

/** The threads that a network is to have. */
export interface Threading {
  /** Threads, the caller's among them. */
  readonly threads: number;
  readonly make: (sharing: Sharing, address: Address) => Team;
}

export class Arena {
  /** The arithmetic of the products. */
  readonly arithmetic: Arithmetic;
  /** The number of forward passes so far. Each overwrites the values of the previous one. */
  passes = 0;
  /** The number of releases so far. After each, another block may lie where a released one lay. */
  releases = 0;
  #environment: Environment;
  /** It stays the same object, of which callers may keep hold; its functions are others after a move. */
  readonly #kernels: Partial<Kernels> = {};
  readonly #families = new Set<Family>();
  readonly #layouts = new Map<OperationName, Layout>();
  #threading: Threading | undefined;
  /** The working space of the products of each thread beside the caller's: as many as the most threads so far have needed. */
  #panels: readonly Address[] = [];
  #team: Team | undefined;
  #end: number = blocksBegin;

  constructor(
    readonly dtype: Dtype,
    arithmetic: Arithmetic = "strict",
  ) {
    this.#environment = ask("network", () => ({
      memory: new WebAssembly.Memory({ initial: Math.ceil(this.#end / pageBytes), maximum: mostPages }),
      table: newTable(),
      panels: dataEnd,
      isShared: false,
    }));
    this.arithmetic = supportedArithmetic(arithmetic);
    this.add(core);
  }

  /** Adds the kernels of a family, once. Those of the core are there from the start. */
  add(family: Family): void {
    if (this.#families.has(family)) return;
    Object.assign(this.#kernels, instantiate(family, this.dtype, this.arithmetic, this.#environment, this.#kernels));
    this.#families.add(family);
    for (const [name, layout] of layoutsOf(family)) this.#layouts.set(name, layout);
    // Its threads lack the family.
    this.#team = undefined;
  }

  /**
   * The threads that run the operations of the programs that are made from now on; undefined for the caller's alone. For several, everything
   * moves to a memory that they share: views and kernels that were read before are no longer those of the network, and from then on a view
   * never detaches. More threads than ever before take blocks, which must not be released. Where the host has no room for a shared memory
   * and its kernels, the caller's thread stays alone.
   *
   * @throws {RangeError} if the memory cannot grow; the old threads stay then
   */
  set threading(threading: Threading | undefined) {
    if (threading && !this.#environment.isShared && !this.#move()) return;
    const missing = (threading?.threads ?? 1) - 1 - this.#panels.length;
    if (missing > 0) {
      const address = this.#allocateBytes(missing * panelBytes);
      const more = Array.from({ length: missing }, (_, index) => (address + index * panelBytes) as Address);
      this.#panels = [...this.#panels, ...more];
    }
    if (threading?.threads !== this.#threading?.threads) this.#team = undefined;
    this.#threading = threading;
  }

  /** Moves everything to a shared memory. @returns false if the host has no room for it */
  #move(): boolean {
    const { memory: old, panels } = this.#environment;
    const kernels: Partial<Kernels> = {};
    let environment: Environment;
    try {
      environment = ask("network", () => ({
        memory: new WebAssembly.Memory({ initial: this.bytes / pageBytes, maximum: mostPages, shared: true }),
        table: newTable(),
        panels,
        isShared: true,
      }));
      for (const family of this.#families) {
        Object.assign(kernels, instantiate(family, this.dtype, this.arithmetic, environment, kernels));
      }
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    new Uint8Array(environment.memory.buffer).set(new Uint8Array(old.buffer));
    this.#environment = environment;
    Object.assign(this.#kernels, kernels);
    // Detaches the views.
    old.grow(0);
    return true;
  }

  /** Returns the number of threads that somebody has who wants `threading`: one where there is no shared memory, or threads have died. */
  threadsOf(threading: Threading | undefined): number {
    return threading && this.#environment.isShared && !this.#team?.hasFailed ? threading.threads : 1;
  }

  /** Threads that run operations, the caller's among them. */
  get threads(): number {
    return this.#threading?.threads ?? 1;
  }

  /** The threads, if there are several. */
  get team(): Team | undefined {
    if (this.#threading && !this.#team) {
      const { memory, table } = this.#environment;
      const modules = Array.from(this.#families, (family) =>
        moduleOf(family, this.dtype, this.arithmetic, this.#environment),
      );
      const panels = this.#panels.slice(0, this.threads - 1);
      this.#team = this.#threading.make({ memory, table, modules, panels }, teamAddress);
    }
    return this.#team;
  }

  /** The kernels of the families that have been added. */
  get kernels(): Kernels {
    return this.#kernels as Kernels;
  }

  /** The end of the allocated blocks, as an address; see `release`. */
  get mark(): number {
    return this.#end;
  }

  /** The size of the whole memory, in bytes. */
  get bytes(): number {
    return this.#environment.memory.buffer.byteLength;
  }

  /**
   * Allocates a block without clearing it: memory that was never used is zero, other memory holds old values. It may grow the memory, which
   * detaches every earlier view, unless threads share it.
   *
   * @param count elements of the arena's dtype
   * @returns the block's address, a multiple of 16
   * @throws {RangeError} if the memory cannot grow that far
   */
  allocate(count: number): Address {
    return this.#allocateBytes(count * elementBytes[this.dtype]);
  }

  /** Allocates a block of `count` 64-bit floats, whatever the arena's dtype. */
  allocateDoubles(count: number): Address {
    return this.#allocateBytes(count * elementBytes.float64);
  }

  /** Allocates a block of `count` 32-bit integers. */
  allocateIntegers(count: number): Address {
    return this.#allocateBytes(count * 4);
  }

  #allocateBytes(bytes: number): Address {
    const address = this.#end;
    const end = align(address + bytes);
    if (end > maxBytes || !this.#grow(end - this.bytes)) {
      throw new RangeError(
        `memory: got a request for ${end} bytes in all, need no more than WebAssembly can give here: fewer rows at a time, or smaller layers`,
      );
    }
    this.#end = end;
    return address as Address;
  }

  /** Grows the memory by at least `bytes`. @returns whether it succeeded */
  #grow(bytes: number): boolean {
    if (bytes <= 0) return true;
    try {
      this.#environment.memory.grow(Math.ceil(bytes / pageBytes));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Releases every block allocated since `mark` was read. Without threads, it detaches every earlier view, so a view of a released block has
   * length 0. A view of a shared memory stays, and may show the numbers of a later block.
   */
  release(mark: number): void {
    this.releases++;
    this.#end = mark;
    this.#environment.memory.grow(0);
  }

  /** Tells whether `data` is a view of this memory, which a plan may move or overwrite. */
  owns(data: ArrayBufferView): boolean {
    const { memory, isShared } = this.#environment;
    // Of a shared memory, every growth makes a buffer, and the older ones stay.
    return isShared ? isSharedBuffer(data.buffer) : data.buffer === memory.buffer;
  }

  /** Returns a view of `count` elements; valid until the memory grows. */
  view(address: number, count: number): Values {
    const { buffer } = this.#environment.memory;
    return this.dtype === "float32"
      ? new Float32Array(buffer, address, count)
      : new Float64Array(buffer, address, count);
  }

  /** Returns a view of `count` 32-bit integers, such as addresses. */
  integers(address: number, count: number): Int32Array {
    return new Int32Array(this.#environment.memory.buffer, address, count);
  }

  /** Returns a view of `count` bytes. */
  bytesAt(address: number, count: number): Uint8Array {
    return new Uint8Array(this.#environment.memory.buffer, address, count);
  }

  /** Returns a view of `count` 64-bit floats. */
  doubles(address: number, count: number): Values<"float64"> {
    return new Float64Array(this.#environment.memory.buffer, address, count);
  }

  /** Returns an operation's place in the function table and its record's layout. Its family must have been added. */
  layoutOf(name: OperationName): Layout {
    return this.#layouts.get(name)!;
  }

  /** Writes an operation's record to a block of its own. @returns its address */
  write(operation: Operation): Address {
    const address = this.allocateDoubles(this.layoutOf(operation.name).fields.length);
    this.writeAt(address, operation);
    return address;
  }

  /** Writes an operation's record over one of the same layout. */
  writeAt(address: Address, { name, fields }: Operation): void {
    const layout = this.layoutOf(name).fields;
    const values = fields as unknown as Readonly<Record<string, number>>;
    const view = new DataView(this.#environment.memory.buffer);
    let at: number = address;
    for (const field of layout) {
      if (field.endsWith("*")) {
        at = Math.ceil(at / 8) * 8;
        view.setFloat64(at, values[field.slice(0, -1)], true);
        at += 8;
      } else {
        view.setInt32(at, values[field.replace("#", "")], true);
        at += 4;
      }
    }
  }
}

/** The place of the record of a team, which stays where it is as long as there is the memory: behind the products' working space. */
const teamAddress = (Math.ceil((dataEnd + panelBytes) / 64) * 64) as Address;
/** The beginning of the blocks. */
const blocksBegin = teamAddress + teamBytes;

const isSharedBuffer = (buffer: ArrayBufferLike) =>
  Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";

/** Returns a function table that has the places of all families. */
const newTable = () => new WebAssembly.Table({ initial: tableSize, element: "anyfunc" });

/** Returns `bytes` rounded up to the next block boundary. */
function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** Returns `count` rounded up to whole vectors, so that the next block starts on a boundary. */
export function paddedCount(dtype: Dtype, count: number): number {
  return align(count * elementBytes[dtype]) / elementBytes[dtype];
}

import { splat } from "./lanes";
/** multiplies */
export function scale<T extends number>(address: usize, count: i32, factor: f64): void {
  const k = splat<T>(factor);
  const end = address + <usize>count * sizeof<T>();
  while (address < end) {
    v128.store(address, v128.mul<T>(v128.load(address), k));
    address += 16;
  }
}

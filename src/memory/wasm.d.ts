/** A WebAssembly file that the runtime compiles when it loads the program. */
declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}

/** A model's file, as wrangler's rule "Data" gives it. */
declare module "*.safetensors" {
  const bytes: ArrayBuffer;
  export default bytes;
}

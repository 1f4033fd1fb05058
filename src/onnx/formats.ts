/** Formats of files other than ONNX, told apart by their first bytes. */

/** The number of bytes that are looked at. */
const headBytes = 512;

const pytorch = "torch.onnx.export writes one, and network.load takes a state_dict that is saved as safetensors";
const tensorflow = "tf2onnx makes one of it";
const keras = `${tensorflow}, and network.load takes weights that are saved as safetensors`;
const unpack = "unpack it first";

const safetensors = "a safetensors file";
const zip = "PK\u0003\u0004";

/** Each has a name, the bytes at a place, what to do instead, and a text that is somewhere in the first bytes. */
const formats: readonly (readonly [name: string, at: number, bytes: string, advice?: string, text?: string])[] = [
  [
    safetensors,
    4,
    "\0\0\0\0{",
    "Network.fromBytes and simdnet inspect read a network of simdnet, network.load takes weights of other libraries",
  ],
  ["a file of PyTorch", 0, zip, pytorch, "/data"],
  ["a file of Keras", 0, zip, keras, "config.json"],
  ["a file of Keras", 0, zip, keras, "metadata.json"],
  ["a zip archive", 0, zip, unpack],
  ["a gzip archive", 0, "\u001f\u008b", unpack],
  ["a pickle of Python", 0, "\u0080\u0002", pytorch],
  ["a pickle of Python", 0, "\u0080\u0004", pytorch],
  ["an HDF5 file", 0, "\u0089HDF", keras],
  ["a file of TensorFlow Lite", 4, "TFL3", tensorflow],
  ["a SavedModel of TensorFlow", 0, "\b\u0001\u0012", tensorflow],
  ["a graph of TensorFlow", 0, "\n", tensorflow, "Placeholder"],
  ["a PNG picture", 0, "\u0089PNG"],
  ["a JPEG picture", 0, "\u00ff\u00d8\u00ff"],
  ["a pointer of Git LFS", 0, "version https://git-lfs", "git lfs pull fetches the file itself"],
];

/** Returns the name of a format other than ONNX, and perhaps advice; undefined if it is unknown. */
function formatOf(bytes: Uint8Array): readonly [name: string, advice?: string] | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, headBytes));
  if (head === "") return ["an empty file"];
  for (const [name, at, signature, advice, text = ""] of formats) {
    if (head.startsWith(signature, at) && head.includes(text)) return [name, advice];
  }
  // Characters of UTF-8 beyond ASCII have bytes above those of controls.
  if ([...head].some((character) => character < " " && !"\t\n\f\r".includes(character))) return undefined;
  const [first] = head.trimStart();
  if (first === "<") return ["a web page or XML"];
  return [first === "{" || first === "[" ? "JSON" : "a text"];
}

/** Returns why a file is refused: "got a PNG picture, need an ONNX file". Undefined if it is not known to be of another format. */
export function refusalOf(bytes: Uint8Array, need = "an ONNX file"): string | undefined {
  const format = formatOf(bytes);
  return format && `got ${format[0]}, need ${need}${format[1] ? `: ${format[1]}` : ""}`;
}

/** Returns the name of a format other than simdnet's and ONNX, such as "a PNG picture"; undefined if it is unknown. */
export function foreignFormat(bytes: Uint8Array): string | undefined {
  const name = formatOf(bytes)?.[0];
  return name === safetensors ? undefined : name;
}

/** Tells whether a file begins as a safetensors file does, which is the format of simdnet. */
export const isSafetensors = (bytes: Uint8Array): boolean => formatOf(bytes)?.[0] === safetensors;

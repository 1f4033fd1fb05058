/** Every runtime and bundler, with its engine and the build of the package that it must run; and the checks of the package. */
import { chromium, firefox } from "./browsers.mjs";
import { esbuild, rollup, vite, webpack } from "./bundlers.mjs";
import { bun, deno, node, oneCopyInBun, oneCopyInDeno, oneCopyInNode, required } from "./commands.mjs";
import { cleanedPage, drawnDigit } from "./denoisingPages.mjs";
import { comparedFaces, comparedLetters } from "./facesPages.mjs";
import { askedTrip, typedPerson } from "./formPages.mjs";
import { jest } from "./jest.mjs";
import { areTheTypesWrong, publint, rebuilt, typescript5, typescript7 } from "./package.mjs";
import { chosenPhoto } from "./photoPages.mjs";
import { typedReview } from "./sentimentPages.mjs";
import { edgePredictionSize, onnxReaderSize, onnxWriterSize, predictionSize, wholeSize } from "./size.mjs";
import { edgeRuntime, workerd, wrangler } from "./workers.mjs";

const [v8, javaScriptCore, spiderMonkey] = ["V8", "JavaScriptCore", "SpiderMonkey"];

/** A runtime of the build that has its modules in the JavaScript. @param threads 1 if the runtime has no threads that share memory */
const inlined = (name, engine, subject, threads = 2) => ({ name, engine, build: "inlined", threads, subject });
/** A runtime of the build that imports its modules. It is without threads. */
const imported = (name, engine, subject) => ({ name, engine, build: "static", threads: 1, subject });

export const runtimes = [
  inlined("Node 20", v8, node(20)),
  inlined("Node 20, require()", v8, required(20)),
  inlined("Node 22", v8, node(22)),
  inlined("Node 24", v8, node(24)),
  inlined("Node 26", v8, node(26)),
  inlined("Deno", v8, deno),
  inlined("Bun", javaScriptCore, bun),
  inlined("jest in Node", v8, jest("node")),
  inlined("jest in jsdom", v8, jest("jsdom")),
  inlined("Chromium", v8, chromium, 1),
  inlined("Chromium, isolated", v8, chromium.isolated),
  inlined("Firefox", spiderMonkey, firefox, 1),
  inlined("Firefox, isolated", spiderMonkey, firefox.isolated),
  imported("workerd", v8, workerd),
  imported("edge-runtime", v8, edgeRuntime),
  inlined("esbuild", v8, esbuild),
  inlined("rollup", v8, rollup),
  inlined("webpack", v8, webpack),
  inlined("vite", v8, vite),
  imported("wrangler", v8, wrangler),
];

export const checks = [
  { name: "draw a digit, Chromium", engine: v8, subject: drawnDigit(chromium) },
  { name: "draw a digit, Firefox", engine: spiderMonkey, subject: drawnDigit(firefox) },
  { name: "clean a page, Chromium", engine: v8, subject: cleanedPage(chromium) },
  { name: "clean a page, Firefox", engine: spiderMonkey, subject: cleanedPage(firefox) },
  { name: "type a review, Chromium", engine: v8, subject: typedReview(chromium) },
  { name: "type a review, Firefox", engine: spiderMonkey, subject: typedReview(firefox) },
  { name: "compare letters, Chromium", engine: v8, subject: comparedLetters(chromium) },
  { name: "compare letters, Firefox", engine: spiderMonkey, subject: comparedLetters(firefox) },
  { name: "compare faces, Chromium", engine: v8, subject: comparedFaces(chromium) },
  { name: "compare faces, Firefox", engine: spiderMonkey, subject: comparedFaces(firefox) },
  { name: "choose a photo, Chromium", engine: v8, subject: chosenPhoto(chromium) },
  { name: "choose a photo, Firefox", engine: spiderMonkey, subject: chosenPhoto(firefox) },
  { name: "type a person, Chromium", engine: v8, subject: typedPerson(chromium) },
  { name: "type a person, Firefox", engine: spiderMonkey, subject: typedPerson(firefox) },
  { name: "ask for a trip, Chromium", engine: v8, subject: askedTrip(chromium) },
  { name: "ask for a trip, Firefox", engine: spiderMonkey, subject: askedTrip(firefox) },
  { name: "one copy, Node 20", subject: oneCopyInNode(20) },
  { name: "one copy, Node 22", subject: oneCopyInNode(22) },
  { name: "one copy, Node 24", subject: oneCopyInNode(24) },
  { name: "one copy, Node 26", subject: oneCopyInNode(26) },
  { name: "one copy, Deno", subject: oneCopyInDeno },
  { name: "one copy, Bun", subject: oneCopyInBun },
  { name: "publint", subject: publint },
  { name: "are the types wrong", subject: areTheTypesWrong },
  { name: "types, TypeScript 5.9", subject: typescript5 },
  { name: "types, TypeScript 7", subject: typescript7 },
  { name: "the size of prediction", subject: predictionSize },
  { name: "the size of prediction at the edge", subject: edgePredictionSize },
  { name: "the size of everything", subject: wholeSize },
  { name: "the size of fromOnnx", subject: onnxReaderSize },
  { name: "the size of toOnnx", subject: onnxWriterSize },
  { name: "built twice", subject: rebuilt },
];

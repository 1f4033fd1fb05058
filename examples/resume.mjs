// Training that may be stopped at any time, by Ctrl-C, a kill or a crash. It saves a checkpoint after each epoch. The next run continues
// from the last one, with the same bits as if it had never been stopped.
//
//   node examples/resume.mjs [file]
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { adam, checkpoint, cosineDecay, dense, dropout, earlyStopping, Network, Trainer } from "simdnet";
import { digits, minMaxScale, trainTestSplit } from "simdnet/data";

const path = process.argv[2] ?? "digits-training.safetensors";
const epochs = 30;

const { inputs, targets } = digits();
const { train, test } = trainTestSplit(inputs, targets, { stratify: targets, seed: 1 });
const scale = minMaxScale(train.inputs);

const isResumed = existsSync(path);
const trainer = isResumed ? Trainer.fromBytes(readFileSync(path)) : newTrainer();
console.log(isResumed ? `going on from ${path}` : `beginning; stop it and run it again to go on from ${path}`);

await trainer.fit(scale.apply(train.inputs), train.targets, {
  epochs,
  validationSplit: 0.1,
  callbacks: [earlyStopping({ patience: 8 }), checkpoint((bytes) => save(path, bytes))],
  onEpoch: ({ epoch, loss, validation }) =>
    console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}, validation loss ${validation.loss.toFixed(4)}`),
});
const { accuracy } = trainer.evaluate(scale.apply(test.inputs), test.targets);
console.log(`${(100 * accuracy).toFixed(2)} % of ${test.inputs.length} held-out digits right`);

function newTrainer() {
  const layers = [dense(64, { activation: "relu" }), dropout(0.2), dense(10)];
  const schedule = cosineDecay({ initial: 0.005, steps: epochs, per: "epoch" });
  return new Trainer(new Network({ inputs: 64, layers, seed: 1 }), {
    loss: "softmaxCrossEntropy",
    optimizer: adam({ learningRate: schedule }),
    metrics: ["accuracy"],
  });
}

// The file is written under another name, flushed to the disk, and renamed. So after a crash at any time, it is the complete old or the
// complete new one.
function save(path, bytes) {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, "w");
  for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, path);
}

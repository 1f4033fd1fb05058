/** The Worker that watches. All requests go to one Durable Object, which stores the state after all readings. */

import { DurableObject } from "cloudflare:workers";
import initial from "./readings.bin";
import model from "./readings.safetensors";
import { watcher } from "./watch.js";

export class ReadingsWatcher extends DurableObject {
  constructor(state, env) {
    super(state, env);
    const { storage } = state;
    const store = { get: () => storage.get("watching"), put: (bytes) => storage.put("watching", bytes) };
    this.handle = watcher({ store, model, initial });
  }

  fetch(request) {
    return this.handle(request);
  }
}

export default {
  fetch: (request, env) => env.watcher.get(env.watcher.idFromName("readings")).fetch(request),
};

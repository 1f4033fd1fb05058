/**
 * The Worker that learns. All requests go to one Durable Object, which stores the learned state as one value. With SQLite a value may have
 * 2 MB. The next request finds either the new value or the old one, never a part.
 */

import { DurableObject } from "cloudflare:workers";
import initial from "./digits.bin";
import { learner } from "./learn.js";

export class DigitsLearner extends DurableObject {
  constructor(state, env) {
    super(state, env);
    const { storage } = state;
    const store = { get: () => storage.get("learning"), put: (bytes) => storage.put("learning", bytes) };
    this.handle = learner({ store, initial, milliseconds: env.milliseconds });
  }

  fetch(request) {
    return this.handle(request);
  }
}

export default {
  fetch: (request, env) => env.learner.get(env.learner.idFromName("digits")).fetch(request),
};

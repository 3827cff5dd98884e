// `opencode run --attach` stops reading events with the answer to its prompt, so an answer that overtakes them loses text.
// How often that is tried: CAPSTAN_ATTACH_RUNS (default 20); the published figure is of 1,000.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { opencodeRun, startStage } from "../harness.mjs"

const RUNS = Number(process.env.CAPSTAN_ATTACH_RUNS ?? 20)

let stage
before(async () => (stage = await startStage({ hello: [{ text: "Hello there friend" }] })))
after(() => stage?.close())

test(`opencode run --attach prints the whole answer, ${RUNS} times of ${RUNS}`, async () => {
  const directory = stage.workspace()
  let complete = 0
  for (let i = 0; i < RUNS; i++) {
    const { code, stdout } = await opencodeRun(stage, directory, ["say [script:hello]"])
    if (code === 0 && stdout.includes("Hello there friend")) complete++
  }
  assert.equal(complete, RUNS)
})

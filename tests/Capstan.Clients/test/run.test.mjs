// The pinned `opencode run --attach`, unmodified, must print about this server what it prints about the original.
// The expectations are recorded from the original with `npm run expect`.
import assert from "node:assert/strict"
import fs from "node:fs"
import { after, before, describe, test } from "node:test"
import { startStage } from "../harness.mjs"
import { play, RUNS, RUN_SCRIPTS } from "../runs.mjs"

describe("opencode run --attach", () => {
  let stage
  before(async () => (stage = await startStage(RUN_SCRIPTS)))
  after(() => stage?.close())

  for (const run of RUNS)
    test(run.name, async () => {
      const expected = JSON.parse(fs.readFileSync(new URL(`../expected/run-${run.name}.json`, import.meta.url), "utf8"))
      assert.deepEqual(await play(stage, run), expected)
    })
})

// Records what `opencode run --attach` prints about the original server: `npm run expect`. Look at the difference before
// committing it; the tests compare Capstan with these files.
import fs from "node:fs"

process.env.SERVER = "opencode"
delete process.env.CAPSTAN_URL
const { startStage } = await import("./harness.mjs")
const { play, RUNS, RUN_SCRIPTS } = await import("./runs.mjs")

const stage = await startStage(RUN_SCRIPTS)
try {
  for (const run of RUNS) {
    console.log(`recording ${run.name}`)
    const result = await play(stage, run)
    fs.writeFileSync(new URL(`expected/run-${run.name}.json`, import.meta.url), JSON.stringify(result, null, 2) + "\n")
  }
} finally {
  await stage.close()
}

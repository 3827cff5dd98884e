// The `opencode run --attach` scenarios and how their output is made comparable; shared by the test and by expect.mjs.
import { opencodeRun } from "./harness.mjs"

export const RUN_SCRIPTS = {
  hello: [{ text: "Hello there friend" }],
  read: [{ text: "Reading. ", tools: [{ name: "read", args: { filePath: "hello.txt" } }] }, { text: "Three lines." }],
  refuse: [{ http: 400 }],
}

export const RUNS = [
  { name: "text", args: ["say [script:hello]"] },
  { name: "text-json", args: ["--format", "json", "say [script:hello]"] },
  { name: "tool", args: ["say [script:read]"] },
  { name: "tool-json", args: ["--format", "json", "say [script:read]"] },
  { name: "rejected", args: ["say [script:status]"], config: { permission: { bash: "ask" } } },
  { name: "error-json", args: ["--format", "json", "say [script:refuse]"] },
]
RUN_SCRIPTS.status = [{ tools: [{ name: "bash", args: { command: "git status --short", description: "status" } }] }, { text: "Seen." }]

export async function play(stage, run) {
  const directory = stage.workspace(run.config)
  const { code, stdout, stderr } = await opencodeRun(stage, directory, run.args)
  return normalise({ code, stdout: lines(stdout), stderr: lines(stderr) }, directory)
}

const lines = (text) => text.replace(/\x1b\[[0-9;]*m/g, "").split("\n").map((line) => line.trimEnd())

function normalise(result, directory) {
  const ids = new Map()
  const counts = {}
  const renumber = (id, prefix) => {
    if (!ids.has(id)) ids.set(id, `${prefix}_${(counts[prefix] = (counts[prefix] ?? 0) + 1)}`)
    return ids.get(id)
  }
  const text = (value) =>
    value
      .replaceAll(directory, "$DIR")
      .replace(/\b(ses|msg|prt|per)_[0-9a-f]{12}[0-9A-Za-z]{14}\b/g, renumber)
      .replace(/\b[0-9a-f]{40}\b/g, "<sha1>")
      .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
  // Response headers are the model server's, and which of them are reported is no concern of the one who reads the output.
  const visit = (value, name) => {
    if (Array.isArray(value)) return value.map((item) => visit(item, name))
    if (value && typeof value === "object")
      return Object.fromEntries(Object.keys(value).sort().map((key) => [key, key === "responseHeaders" ? {} : visit(value[key], key)]))
    if (typeof value === "number") return ["start", "end", "timestamp", "created", "completed"].includes(name) ? 0 : value
    return typeof value === "string" ? text(value) : value
  }
  const line = (value) => (value.startsWith("{") ? visit(JSON.parse(value)) : text(value))
  return { code: result.code, stdout: result.stdout.map(line), stderr: result.stderr.map(line) }
}

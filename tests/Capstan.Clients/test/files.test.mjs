// What clients see of a workspace's files, through both entry points of the published SDK.
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import fs from "node:fs"
import path from "node:path"
import { after, before, describe, test } from "node:test"
import { dialects } from "../dialects.mjs"
import { SERVER, startStage } from "../harness.mjs"

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"

// Version 1 puts parameters of the query below "query", version 2 takes them as they are.
const parameters = { v1: (query) => ({ query, throwOnError: true }), v2: (query) => query }

for (const [name, sdk] of Object.entries(dialects)) {
  describe(`files, SDK ${name}`, () => {
    let stage, directory, ask
    before(async () => {
      stage = await startStage({})
      directory = fs.realpathSync(stage.workspace())
      fs.writeFileSync(path.join(directory, ".gitignore"), "*.log\n")
      fs.writeFileSync(path.join(directory, "noise.log"), "line two\n")
      fs.writeFileSync(path.join(directory, "pixel.png"), Buffer.from(PIXEL, "base64"))
      fs.mkdirSync(path.join(directory, "sub"))
      fs.writeFileSync(path.join(directory, "sub/new.txt"), "one\ntwo")
      execFileSync("git", ["checkout", "--quiet", "-b", "feature"], { cwd: directory })
      const client = sdk.client(stage.url, directory)
      ask = async (group, method, query = {}) => {
        const answer = await client[group][method](parameters[name](query), { throwOnError: true })
        return answer.data
      }
    })
    after(() => stage?.close())

    test("text is found with its place", { skip: SERVER === "opencode" && "needs ripgrep" }, async () => {
      assert.deepEqual(await ask("find", "text", { pattern: "tw[a-z]" }), [
        {
          path: { text: "hello.txt" }, lines: { text: "line two\n" }, line_number: 2, absolute_offset: 9,
          submatches: [{ match: { text: "two" }, start: 5, end: 8 }],
        },
        {
          path: { text: "sub/new.txt" }, lines: { text: "two" }, line_number: 2, absolute_offset: 4,
          submatches: [{ match: { text: "two" }, start: 0, end: 3 }],
        },
      ])
    })

    test("files are found by their names", async () => {
      assert.equal((await ask("find", "files", { query: "newtxt" }))[0], "sub/new.txt")
      assert.ok((await ask("find", "files", { query: "sub", dirs: "true" })).includes("sub/"))
      assert.ok(!(await ask("find", "files", { query: "sub", dirs: "false" })).includes("sub/"))
    })

    test("there are no symbols", async () => assert.deepEqual(await ask("find", "symbols", { query: "main" }), []))

    test("a directory is listed", async () => {
      const nodes = await ask("file", "list", { path: "" })
      assert.deepEqual(nodes.map((node) => node.path), [".git/", "sub/", ".gitignore", "hello.txt", "noise.log", "opencode.json", "pixel.png"])
      assert.deepEqual(nodes[1], { name: "sub", path: "sub/", absolute: path.join(directory, "sub"), type: "directory", ignored: false })
      assert.deepEqual(nodes.filter((node) => node.ignored).map((node) => node.name), ["noise.log"])
    })

    test("a file is read as text or in base64", async () => {
      assert.deepEqual(await ask("file", "read", { path: "hello.txt" }), { type: "text", content: "line one\nline two\nline three" })
      assert.deepEqual(await ask("file", "read", { path: "pixel.png" }), { type: "binary", content: PIXEL, encoding: "base64", mimeType: "image/png" })
    })

    test("changed files have a status", async () => {
      const files = await ask("file", "status")
      // The original always answers with none.
      if (SERVER === "capstan") assert.deepEqual(files.find((file) => file.path === "sub/new.txt"), { path: "sub/new.txt", added: 2, removed: 0, status: "added" })
      else assert.ok(Array.isArray(files))
    })

    test("the checkout and its places are told", async () => {
      assert.equal((await ask("vcs", "get")).branch, "feature")
      const places = await ask("path", "get")
      assert.deepEqual([places.directory, places.worktree], [directory, directory])
    })

    if (name === "v2")
      test("changes are compared with the last commit", async () => {
        const diff = (await ask("vcs", "diff", { mode: "git" })).find((file) => file.file === "sub/new.txt")
        assert.deepEqual([diff.additions, diff.deletions, diff.status], [2, 0, "added"])
        assert.match(diff.patch, /^diff --git a\/sub\/new\.txt b\/sub\/new\.txt\nnew file mode 100644\n/)
      })
  })
}

// The published SDK, unmodified, through both of its entry points.
import assert from "node:assert/strict"
import { after, before, describe, test } from "node:test"
import { dialects, say, textOf } from "../dialects.mjs"
import { idle, watch } from "../events.mjs"
import { startStage } from "../harness.mjs"

const SCRIPTS = {
  hello: [{ text: "Hello there friend" }],
  slow: [{ text: "a b c d e f g h i j k l m n o p q r s t u v w x y z ".repeat(20), delay: 100 }],
  status: [{ text: "Looking. ", tools: [{ name: "bash", args: { command: "git status --short", description: "status" } }] }, { text: "Seen." }],
}

for (const [name, sdk] of Object.entries(dialects)) {
  describe(`SDK ${name}`, () => {
    let stage
    before(async () => (stage = await startStage(SCRIPTS)))
    after(() => stage?.close())

    const scenario = (title, play, config) =>
      test(title, async () => {
        const client = sdk.client(stage.url, stage.workspace(config))
        const leave = new AbortController()
        try {
          const events = await watch(await sdk.subscribe(client, leave.signal))
          const session = (await sdk.create(client)).data
          await play({ client, events, session })
        } finally {
          leave.abort()
        }
      })

    scenario("a prompt is answered in the response and in the events", async ({ client, events, session }) => {
      assert.match(session.id, /^ses_/)
      const answer = (await sdk.prompt(client, session.id, say("hi [script:hello]"))).data

      assert.equal(answer.info.role, "assistant")
      assert.equal(answer.info.finish, "stop")
      assert.equal(answer.info.cost, 0.00012)
      assert.deepEqual(answer.info.tokens, { total: 120, input: 60, output: 20, reasoning: 0, cache: { read: 40, write: 0 } })
      assert.equal(textOf(answer), "Hello there friend")
      await events.until(idle(session.id))
      const deltas = events.of(session.id, "message.part.delta").map((event) => event.properties.delta)
      assert.equal(deltas.join(""), "Hello there friend")
      assert.equal(events.of(session.id, "message.updated").at(-1).properties.sessionID, session.id)
    })

    scenario("a prompt handed over asynchronously is answered in the events", async ({ client, events, session }) => {
      const handed = await sdk.promptAsync(client, session.id, say("[script:hello]"))
      assert.equal(handed.response.status, 204)

      await events.until(idle(session.id))
      const messages = (await sdk.messages(client, session.id)).data
      assert.deepEqual(messages.map((message) => message.info.role), ["user", "assistant"])
      assert.equal(messages[1].info.parentID, messages[0].info.id)
      assert.equal(textOf(messages[1]), "Hello there friend")
      assert.deepEqual((await sdk.status(client)).data, {})
    })

    for (const [reply, outcome] of [["once", "completed"], ["reject", "error"]])
      scenario(`a permission answered with ${reply} leaves the tool ${outcome}`, async ({ client, events, session }) => {
        const answered = sdk.prompt(client, session.id, say("[script:status]"))
        const asked = await events.until((event) => event.type === "permission.asked", "permission.asked")
        assert.equal(asked.properties.sessionID, session.id)
        assert.equal(asked.properties.permission, "bash")
        assert.deepEqual(asked.properties.patterns, ["git status --short"])
        assert.ok((await sdk.status(client)).data[session.id], "a session that waits for a permission is busy")

        await sdk.reply(client, asked.properties, reply)

        const answer = (await answered).data
        const replied = await events.until((event) => event.type === "permission.replied", "permission.replied")
        assert.deepEqual([replied.properties.requestID, replied.properties.reply], [asked.properties.id, reply])
        const tools = (await sdk.messages(client, session.id)).data.flatMap((message) => message.parts).filter((part) => part.type === "tool")
        assert.deepEqual(tools.map((part) => [part.tool, part.state.status]), [["bash", outcome]])
        assert.equal(answer.info.finish, reply === "once" ? "stop" : "tool-calls")
      }, { permission: { bash: "ask" } })

    scenario("an aborted turn ends at once, with what was said so far", async ({ client, events, session }) => {
      const answered = sdk.prompt(client, session.id, say("[script:slow]"))
      await events.until((event) => event.type === "message.part.delta" && event.properties.sessionID === session.id, "a delta")

      assert.equal((await sdk.abort(client, session.id)).data, true)

      const answer = (await answered).data
      assert.equal(answer.info.error.name, "MessageAbortedError")
      assert.ok(answer.info.time.completed)
      assert.match(textOf(answer), /^a /)
      assert.deepEqual((await sdk.status(client)).data, {})
      const call = stage.model.calls.findLast((call) => call.body.tools?.length)
      assert.equal(await call.gone, true, "the model's stream is let go")
    })

    scenario("a history is listed oldest first, with every step", async ({ client, session }) => {
      await sdk.prompt(client, session.id, say("[script:status]"))
      await sdk.prompt(client, session.id, say("[script:hello]"))

      const messages = (await sdk.messages(client, session.id)).data
      assert.deepEqual(messages.map((message) => message.info.role), ["user", "assistant", "assistant", "user", "assistant"])
      assert.deepEqual(messages[1].parts.map((part) => part.type).filter((type) => type !== "patch"), ["step-start", "text", "tool", "step-finish"])
      assert.equal(textOf(messages[4]), "Hello there friend")
    })

    scenario("an unknown session is an error that the client can read", async ({ client }) => {
      const answer = await sdk.get(client, "ses_0000000000000000000000000a")
      assert.equal(answer.response.status, 404)
      assert.ok(answer.error)
    })
  })
}

// A scripted language model for the client tests: OpenAI chat completions over real HTTP.
// Scripts are those of the captures: the newest user text with [script:NAME] names the script, the number of assistant
// messages after it is the step. A step is {text, tools: [{name, args}], http, delay}. `tests/Capstan.Testing` has the
// full model for .NET; this one knows only what these scenarios need.
import http from "node:http"
import { once } from "node:events"

const USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, prompt_tokens_details: { cached_tokens: 40 } }

const textOf = (message) =>
  typeof message.content === "string" ? message.content : (message.content ?? []).map((part) => part.text ?? "").join("\n")

export async function startModel(scripts = {}) {
  const calls = []
  const server = http.createServer(async (request, response) => {
    let raw = ""
    for await (const chunk of request) raw += chunk
    if (!request.url.endsWith("/chat/completions"))
      return response.writeHead(200, { "content-type": "application/json" }).end('{"object":"list","data":[]}')

    const body = JSON.parse(raw)
    const step = stepFor(body, scripts)
    const call = { body, headers: request.headers }
    call.gone = new Promise((resolve) => response.once("close", () => resolve(!response.writableFinished)))
    calls.push(call)
    if (step.http)
      return response
        .writeHead(step.http, { "content-type": "application/json" })
        .end(JSON.stringify({ error: { message: `fake failure ${step.http}`, type: "invalid_request_error", code: "fake" } }))
    await play(step, response)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    calls,
    scripts,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function stepFor(body, scripts) {
  // A title is asked for in a call of its own, without tools.
  if (!body.tools?.length && body.messages.some((message) => message.role === "system" && /title/i.test(textOf(message))))
    return { text: "Fake title" }
  const marked = body.messages.findLastIndex((message) => message.role === "user" && /\[script:[^\]]+\]/.test(textOf(message)))
  if (marked < 0) return { text: "default reply" }
  const name = [...textOf(body.messages[marked]).matchAll(/\[script:([^\]]+)\]/g)].at(-1)[1]
  const index = body.messages.slice(marked).filter((message) => message.role === "assistant").length
  return scripts[name]?.[index] ?? { text: "default reply" }
}

async function play(step, response) {
  response.writeHead(200, { "content-type": "text/event-stream" })
  const send = (choices, rest) =>
    response.write(
      `data: ${JSON.stringify({ id: "chatcmpl-fake", object: "chat.completion.chunk", created: 1, model: "echo", choices, ...rest })}\n\n`,
    )
  const delta = (value) => send([{ index: 0, delta: value, finish_reason: null }])
  delta({ role: "assistant" })
  for (const word of step.text?.match(/[^ ]* |[^ ]+$/g) ?? []) {
    if (response.destroyed) return
    delta({ content: word })
    if (step.delay) await new Promise((resolve) => setTimeout(resolve, step.delay))
  }
  for (const [index, tool] of (step.tools ?? []).entries()) {
    const args = JSON.stringify(tool.args)
    delta({ tool_calls: [{ index, id: `call_${index + 1}`, type: "function", function: { name: tool.name, arguments: "" } }] })
    for (const piece of [args.slice(0, 4), args.slice(4)]) delta({ tool_calls: [{ index, function: { arguments: piece } }] })
  }
  send([{ index: 0, delta: {}, finish_reason: step.tools ? "tool_calls" : "stop" }])
  send([], { usage: USAGE })
  response.end("data: [DONE]\n\n")
}

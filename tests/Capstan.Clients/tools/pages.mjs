// The pages that webfetch is sent to.
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64")

const page = (type, body, status = 200, headers = {}) => (request, response) =>
  response.writeHead(status, { ...(type && { "content-type": type }), ...headers }).end(body)

const HTML = `<!doctype html><html><head><title>T</title><style>p{}</style><script>alert(1)</script></head>
<body><h1>Top</h1><p>One <b>bold</b> and <i>soft</i> <a href="/x?a=1">link</a>.</p>
<ul><li>first</li><li>second</li></ul><ol><li>one</li><li>two</li></ol>
<pre><code class="language-js">let a = 1
let b = 2</code></pre><p>Text with <code>code</code> &amp; entity &lt;tag&gt; * star _under_</p>
<blockquote>Quoted</blockquote><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>
<img src="/i.png" alt="picture"><hr><noscript>no</noscript></body></html>`

export const PAGES = {
  "/page": page("text/html; charset=utf-8", HTML),
  "/plain": page("text/plain", "plain text\nsecond line\n"),
  "/json": page("application/json", '{"a":1}'),
  "/png": page("image/png", PNG),
  "/svg": page("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
  "/binary": page("application/octet-stream", Buffer.from([0, 1, 2, 255])),
  "/pdf": page("application/pdf", "%PDF-1.4 x"),
  "/untyped": page(undefined, "<p>no type</p>"),
  "/latin": page("text/html; charset=iso-8859-1", Buffer.from("<p>caf\xe9</p>", "latin1")),
  "/empty": page("text/html", ""),
  "/moved": page("text/plain", "", 302, { location: "/plain" }),
  "/loop": page("text/plain", "", 302, { location: "/loop" }),
  "/failure": page("text/plain", "broken", 500),
  "/large": page("text/plain", Buffer.alloc(6 * 1024 * 1024, 97)),
  "/echo": (request, response) => page("application/json", JSON.stringify(request.headers))(request, response),
  missing: page("text/plain", "nothing here", 404),
}

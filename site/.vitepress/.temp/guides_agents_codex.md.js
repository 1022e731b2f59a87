import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"Codex","description":"","frontmatter":{},"headers":[],"relativePath":"guides/agents/codex.md","filePath":"guides/agents/codex.md"}',
);
const _sfc_main = { name: "guides/agents/codex.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="codex" tabindex="-1">Codex <a class="header-anchor" href="#codex" aria-label="Permalink to &quot;Codex&quot;">​</a></h1><div class="language- vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang"></span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>token-budget run --usd 5 -- codex</span></span>
<span class="line"><span>token-budget run --usd 5 -- codex exec &quot;Mend the failing test&quot;</span></span></code></pre></div><p>Codex reads its base URL from no variable. <code>run</code> puts <code>-c</code> settings before your arguments: a provider named <code>token-budget</code>, its base URL, the key from <code>OPENAI_API_KEY</code>, WebSockets, and no retries of its own. Every user of the machine can read arguments, so the key of the proxy is not among them: Codex sends it in a header that it reads from a variable. A shell or a script that starts <code>codex</code> by name, or by <code>npx</code>, <code>bunx</code>, <code>pnpm dlx</code> or <code>yarn dlx</code>, gets the same settings. <code>npm exec</code> or a path does not, and <code>run</code> says so: make <code>codex</code> the command there.</p><p>Codex opens a WebSocket, prepares on it (<code>generate: false</code>), and sends only what is new with each call. The proxy <a href="./../sdks/openai.html#websockets">meters that</a>: for each call it holds what was counted for the previous call, its answer, and the bytes of what is new. If an upstream takes no WebSocket, such as a gateway, the proxy answers 426, and Codex continues over HTTP.</p><p>A refusal is answered with 400, because Codex retries after a 402. <code>codex exec</code> exits with 1:</p><div class="language- vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang"></span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>ERROR: {&quot;error&quot;:{&quot;message&quot;:&quot;token-budget: Budget exceeded: $0.38 of $0.60 used in pool run, and this call could cost up to $0.24; …</span></span></code></pre></div><ul><li><strong>Tested</strong> with 0.169.0, an API key and GPT-5.5. In every build of this package: <code>codex exec</code> with a task that never ends makes a few calls, gets one refusal, and sends nothing after it. By hand also against an upstream without WebSockets. Its interactive screen was opened and closed in a pseudo-terminal, not used.</li><li><strong>Web search</strong> is offered with every call. What it reads is booked and may pass the cap by that much. See <a href="./../command-line.html#which-programs">which programs</a>.</li><li><strong>How much of a cap you can use</strong>, from 18 recorded sessions: 86 % of $1 in the median when the first call is refused, 95 % of $5 (5 sessions). See <a href="./../agents.html#how-much-of-a-cap-you-can-use">coding agents</a>. What is left is what the whole conversation costs if OpenAI does not read it from its cache, which the meter does not trust.</li><li><strong>Not tested:</strong> a login with ChatGPT, which does not use the provider&#39;s API.</li></ul></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "guides/agents/codex.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const codex = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, codex as default };

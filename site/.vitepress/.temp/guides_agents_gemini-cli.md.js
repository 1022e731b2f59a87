import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"Gemini CLI","description":"","frontmatter":{},"headers":[],"relativePath":"guides/agents/gemini-cli.md","filePath":"guides/agents/gemini-cli.md"}',
);
const _sfc_main = { name: "guides/agents/gemini-cli.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="gemini-cli" tabindex="-1">Gemini CLI <a class="header-anchor" href="#gemini-cli" aria-label="Permalink to &quot;Gemini CLI&quot;">​</a></h1><div class="language- vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang"></span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>token-budget run --usd 1 -- gemini</span></span>
<span class="line"><span>token-budget run --usd 1 -- gemini -p &quot;Mend the failing test&quot;</span></span></code></pre></div><p><code>run</code> sets <code>GOOGLE_GEMINI_BASE_URL</code>. Gemini CLI must use an API key, in <code>~/.gemini/settings.json</code>: a login does not go through the proxy, and is not metered.</p><div class="language-json vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">json</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;">{ </span><span style="--shiki-light:#005CC5;--shiki-dark:#79B8FF;">&quot;security&quot;</span><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;">: { </span><span style="--shiki-light:#005CC5;--shiki-dark:#79B8FF;">&quot;auth&quot;</span><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;">: { </span><span style="--shiki-light:#005CC5;--shiki-dark:#79B8FF;">&quot;selectedType&quot;</span><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;">: </span><span style="--shiki-light:#032F62;--shiki-dark:#9ECBFF;">&quot;gemini-api-key&quot;</span><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;"> } } }</span></span></code></pre></div><p>A refusal shows as a stack trace of Gemini CLI with the message in it: <code>token-budget: Budget exceeded: $0.017 of $0.03 used …</code>.</p><ul><li><strong>Tested</strong> with 0.61.0, an API key and Gemini 2.5 Flash. In every build of this package: <code>gemini -p</code> with a task that never ends makes a few calls, gets one refusal, and sends nothing after it. Its interactive screen was opened and closed in a pseudo-terminal, not used.</li><li><strong>How much of a cap you can use</strong>, from 8 recorded sessions with Gemini 2.5 Pro: 88 % of $1 in the median when the first call is refused. See <a href="./../agents.html#how-much-of-a-cap-you-can-use">coding agents</a>. What is left is what the whole conversation costs without Google&#39;s cache.</li></ul></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "guides/agents/gemini-cli.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const geminiCli = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, geminiCli as default };

import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"Claude Code","description":"","frontmatter":{},"headers":[],"relativePath":"guides/agents/claude-code.md","filePath":"guides/agents/claude-code.md"}',
);
const _sfc_main = { name: "guides/agents/claude-code.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="claude-code" tabindex="-1">Claude Code <a class="header-anchor" href="#claude-code" aria-label="Permalink to &quot;Claude Code&quot;">​</a></h1><div class="language- vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang"></span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>token-budget run --usd 5 -- claude</span></span>
<span class="line"><span>token-budget run --pool daily --usd 20 --per day -- claude -p &quot;Mend the failing test&quot;</span></span></code></pre></div><p><code>run</code> sets <code>ANTHROPIC_BASE_URL</code>; you configure nothing. A refusal looks like this, on its screen and in the output of <code>claude -p</code>, which exits with 1:</p><div class="language- vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang"></span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>API Error: 402 token-budget: Budget exceeded: $0.67 of $1.00 used in pool run, and this call could cost up to $0.35 for 31,204 tokens in and 2,048 out at the least; run it again with more: token-budget run --usd 2</span></span></code></pre></div><ul><li><strong>Tested</strong> with 2.1.330, an API key and Claude Haiku 4.5. In every build of this package: <code>claude -p</code> with a task that never ends makes 10 or more calls, gets one refusal, and sends nothing after it. By hand in a pseudo-terminal, with its screen untouched: a call, a refusal, and two Ctrl-C.</li><li><strong>Room.</strong> Its first call has about 20,000 tokens of instructions and asks for up to 32,000 of output. If that does not fit, the meter asks Anthropic for its free count and lowers the limit to what there is room for, 2,048 tokens at the lowest. For models before adaptive thinking, it lowers the thinking budget too, as the last resort. What is held and not used comes back at once.</li><li><strong>How much of a cap you can use</strong>, from 280 recorded sessions (<code>npm run bench:sessions</code>; the median when the first call is refused): 89 % of $1, 97 % of $5 and 96 % of $20 by default; 69 %, 85 % and 89 % with <code>--strict</code>. See <a href="./../agents.html#how-much-of-a-cap-you-can-use">coding agents</a>. What is left is the price of writing the whole conversation into the cache anew: a few cents with Haiku, up to a dollar with Opus and 150,000 tokens.</li><li><strong>Not tested:</strong> a login in place of an API key. The list price is counted then, which a subscription does not charge.</li></ul></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "guides/agents/claude-code.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const claudeCode = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, claudeCode as default };

import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"opencode","description":"","frontmatter":{},"headers":[],"relativePath":"guides/agents/opencode.md","filePath":"guides/agents/opencode.md"}',
);
const _sfc_main = { name: "guides/agents/opencode.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="opencode" tabindex="-1">opencode <a class="header-anchor" href="#opencode" aria-label="Permalink to &quot;opencode&quot;">​</a></h1><div class="language- vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang"></span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>token-budget run --usd 5 -- opencode</span></span>
<span class="line"><span>token-budget run --usd 5 -- opencode run &quot;Mend the failing test&quot;</span></span></code></pre></div><p><code>run</code> sets <code>ANTHROPIC_BASE_URL</code>, for Anthropic&#39;s models. Other providers read the variables of their AI SDK package. A provider with a fixed base URL in opencode&#39;s configuration is not metered.</p><div class="language- vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang"></span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>Error: token-budget: Budget exceeded: $0.89 of $1.00 used in pool run, and this call could cost up to $0.12; run it again with more: …</span></span></code></pre></div><ul><li><strong>Tested</strong> with 1.18.33, an API key and Claude Haiku 4.5. In every build of this package: <code>opencode run</code> with a task that never ends makes 18 or more calls, is refused, and sends nothing after it. It asks for a title beside the first call, so a budget that is too small from the start refuses two calls. By hand in a pseudo-terminal: the message shows on its screen.</li><li><strong>Not tested:</strong> models of other providers.</li></ul></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "guides/agents/opencode.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const opencode = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, opencode as default };

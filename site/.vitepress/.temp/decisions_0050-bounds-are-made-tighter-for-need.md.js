import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0050 Bounds are tightened when needed, cheap ones first","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0050-bounds-are-made-tighter-for-need.md","filePath":"decisions/0050-bounds-are-made-tighter-for-need.md"}',
);
const _sfc_main = { name: "decisions/0050-bounds-are-made-tighter-for-need.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0050-bounds-are-tightened-when-needed-cheap-ones-first" tabindex="-1">0050 Bounds are tightened when needed, cheap ones first <a class="header-anchor" href="#_0050-bounds-are-tightened-when-needed-cheap-ones-first" aria-label="Permalink to &quot;0050 Bounds are tightened when needed, cheap ones first&quot;">​</a></h1><p><strong>Context.</strong> The bytes of a request are three to four times its tokens. Held at them, at the price of a cache write for an hour and at the long-context tier that only the bytes reach, a call of 80,000 tokens that costs $0.04 holds $4.26.</p><p><strong>Decision.</strong> The first bound is the least of the bytes and the context window, at the rates that this request can be billed at: a write to a cache only where <code>cache_control</code> stands, for an hour only with its <code>ttl</code>, a tier only where the bound passes it. Where the call does not fit so, or its answer would be shorter, sources of tighter bounds are asked one after the other: what is held for tools gives way first, then what was counted before, and last a <a href="./0051-a-provider-is-asked-for-its-count.html">provider&#39;s own count</a>. Only then the call waits, is limited, or is refused.</p><p>The window is a guarantee: what does not fit is rejected for nothing. It is none of many inputs at once (embeddings), of a model whose price is guessed, or at an unknown host. Claude Sonnet 4 and 4.5 have a million with the beta header <code>context-1m-…</code>, or where the headers are not known. Windows have no date of their own yet: none says when one is older than its price.</p><p><strong>Measured.</strong> <code>npm run bench:sessions</code>, on recorded sessions of Claude Code, with <code>--strict</code>: spent of $5 in the median when the first call is refused 38 % with the bytes alone, 56 % with the window and the rates, 77 % with the provider&#39;s count, 85 % with all of it.</p><p><strong>Consequence.</strong> A call with room for its first bound costs no more time than before.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0050-bounds-are-made-tighter-for-need.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0050BoundsAreMadeTighterForNeed = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0050BoundsAreMadeTighterForNeed as default };

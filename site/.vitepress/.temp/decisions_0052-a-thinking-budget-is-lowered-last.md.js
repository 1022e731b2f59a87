import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0052 A thinking budget is lowered last","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0052-a-thinking-budget-is-lowered-last.md","filePath":"decisions/0052-a-thinking-budget-is-lowered-last.md"}',
);
const _sfc_main = { name: "decisions/0052-a-thinking-budget-is-lowered-last.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0052-a-thinking-budget-is-lowered-last" tabindex="-1">0052 A thinking budget is lowered last <a class="header-anchor" href="#_0052-a-thinking-budget-is-lowered-last" aria-label="Permalink to &quot;0052 A thinking budget is lowered last&quot;">​</a></h1><p><strong>Context.</strong> Claude Code asks Haiku, Sonnet and Opus 4.5 for 31,999 tokens of thinking. A limit of output must be above the thinking budget: with $1 that alone refused the first call of every third run. But &quot;changes to thinking parameters (enabled/disabled or budget allocation) invalidate message cache breakpoints&quot; (<a href="https://platform.claude.com/docs/en/build-with-claude/extended-thinking" target="_blank" rel="noreferrer">Anthropic</a>): a changed budget costs one write of the whole conversation.</p><p><strong>Decision.</strong> Where a call is refused with its budget, after all tighter bounds, the budget is lowered with the limit: to 4,096 tokens where 12,288 and more may be written, else to 1,024, the least that the API takes. Two steps far apart, so that the next calls have the same one while the room shrinks. What is known of the conversation&#39;s cache says with which budget it was written: a later call keeps that one, and a read is counted on only with the same. Where the bytes of what is new leave no room for it, the provider is asked for its count before another budget is tried: that loses the cache, and mostly does not fit (84 to 88 % of $1 in the median, by default). The report has <code>writtenThinking</code>.</p><p><strong>Measured</strong> (94 recorded runs of Claude Code at $1, lost caches billed): refused at once 34 before, none since. In powers of two down from 16,384 the runs make 615 calls and lose 57 caches, with these two 647 and 37; with 1,024 alone 718 and 5, but with the least thinking from the first call on.</p><p><strong>Consequence.</strong> Off with <code>clampOutput: false</code> and <code>rewrite: &quot;never&quot;</code>.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0052-a-thinking-budget-is-lowered-last.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0052AThinkingBudgetIsLoweredLast = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0052AThinkingBudgetIsLoweredLast as default };

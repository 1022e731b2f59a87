import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0053 The smallest answer of an agent is 2,048 tokens","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0053-the-least-answer-of-an-agent.md","filePath":"decisions/0053-the-least-answer-of-an-agent.md"}',
);
const _sfc_main = { name: "decisions/0053-the-least-answer-of-an-agent.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0053-the-smallest-answer-of-an-agent-is-2-048-tokens" tabindex="-1">0053 The smallest answer of an agent is 2,048 tokens <a class="header-anchor" href="#_0053-the-smallest-answer-of-an-agent-is-2-048-tokens" aria-label="Permalink to &quot;0053 The smallest answer of an agent is 2,048 tokens&quot;">​</a></h1><p><strong>Context.</strong> The lower the least limit, the more of a cap can be spent, and the more answers are cut. A cut answer of an agent breaks the call of a tool in it.</p><p><strong>Decision.</strong> <code>token-budget run</code> gives no answer less than 2,048 tokens, and refuses the call instead; <code>meteredFetch</code> keeps 256. The refusal says for how many tokens of input, as tightly as they are known, and of output the call would have to be held at the least.</p><p><strong>Measured</strong> (recorded runs of Claude Code at $1 and $5, <code>--strict</code>): with 1,024 six of 141 runs have a cut answer, with 2,048 two, at one point less of the cap; by default one and none.</p><p><strong>Consequence.</strong> Some cents of a small cap stay unspent.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0053-the-least-answer-of-an-agent.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0053TheLeastAnswerOfAnAgent = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0053TheLeastAnswerOfAnAgent as default };

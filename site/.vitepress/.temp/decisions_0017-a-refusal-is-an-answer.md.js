import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0017 A refusal is an answer","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0017-a-refusal-is-an-answer.md","filePath":"decisions/0017-a-refusal-is-an-answer.md"}',
);
const _sfc_main = { name: "decisions/0017-a-refusal-is-an-answer.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0017-a-refusal-is-an-answer" tabindex="-1">0017 A refusal is an answer <a class="header-anchor" href="#_0017-a-refusal-is-an-answer" aria-label="Permalink to &quot;0017 A refusal is an answer&quot;">​</a></h1><p><strong>Context.</strong> A metered <code>fetch</code> that has to say no can throw, or answer. Tried with nine clients: a throw is retried three times by the SDKs of OpenAI and Anthropic and shown as &quot;Connection error.&quot;, by LangChain for half a minute; a 429 is retried by agents for more than a minute. Only 402 with <code>x-should-retry: false</code>, in the provider&#39;s own shape of errors, is one call everywhere.</p><p><strong>Decision.</strong> <code>meteredFetch</code> answers refusals, of status 402 for money, 400 for what has to be changed, 503 for a store that does not answer. The refusal is in the body as data, from which <code>budgetExceededFrom</code> makes the <code>BudgetExceeded</code> again. Where a throw arrives as it is (the AI SDK&#39;s middleware), it is thrown.</p><p><strong>Consequence.</strong> Callers catch an error of their SDK and ask <code>budgetExceededFrom</code>. Errors of the caller&#39;s own code (an <code>estimate</code> that throws, an aborted wait) still reject.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0017-a-refusal-is-an-answer.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0017ARefusalIsAnAnswer = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0017ARefusalIsAnAnswer as default };

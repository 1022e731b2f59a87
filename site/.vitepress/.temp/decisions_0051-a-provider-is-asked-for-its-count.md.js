import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0051 Asking a provider for its count","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0051-a-provider-is-asked-for-its-count.md","filePath":"decisions/0051-a-provider-is-asked-for-its-count.md"}',
);
const _sfc_main = { name: "decisions/0051-a-provider-is-asked-for-its-count.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0051-asking-a-provider-for-its-count" tabindex="-1">0051 Asking a provider for its count <a class="header-anchor" href="#_0051-asking-a-provider-for-its-count" aria-label="Permalink to &quot;0051 Asking a provider for its count&quot;">​</a></h1><p><strong>Context.</strong> Anthropic, Gemini and OpenAI (Responses) count the input of a request for nothing, with media, tools and what they keep.</p><p><strong>Decision.</strong> They are asked where the call would be refused or its answer be shorter than <code>outputTokensMax</code>, and where the count may change that: with the credentials of the call, within five seconds, at the provider&#39;s own hosts alone (a gateway may answer with an estimate of its own). A count is taken with 1 % and 64 tokens more: Anthropic&#39;s documentation says that the bill may differ &quot;by a small amount&quot;, OpenAI&#39;s that it is exact; 15 of 15 recorded counts were the bill, to the token. Gemini is not asked about media. A host that does not answer is not asked again for a minute; a model whose bill was higher than its count is never asked for again, and the booking is marked unsure. <code>countTokens: false</code> turns it off; the report has <code>boundedBy</code> and <code>countRequests</code>.</p><p><strong>Not done.</strong> Chat completions of OpenAI have no such endpoint. The AI SDK&#39;s middleware and Anthropic&#39;s do not ask.</p><p><strong>Consequence.</strong> One to four counts in a run of an agent, near its end.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0051-a-provider-is-asked-for-its-count.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0051AProviderIsAskedForItsCount = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0051AProviderIsAskedForItsCount as default };

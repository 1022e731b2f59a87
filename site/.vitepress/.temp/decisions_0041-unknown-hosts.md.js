import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0041 Unknown hosts","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0041-unknown-hosts.md","filePath":"decisions/0041-unknown-hosts.md"}',
);
const _sfc_main = { name: "decisions/0041-unknown-hosts.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0041-unknown-hosts" tabindex="-1">0041 Unknown hosts <a class="header-anchor" href="#_0041-unknown-hosts" aria-label="Permalink to &quot;0041 Unknown hosts&quot;">​</a></h1><p><strong>Context.</strong> A gateway, a company&#39;s proxy and vLLM speak OpenAI&#39;s format at an address of their own. Taken for OpenAI they had its free routes and its prices: Mistral&#39;s paid <code>/conversations</code> passed under a cap of $0, and an open model was booked at what another seller takes.</p><p><strong>Decision.</strong> The host, the name of the upstream or the option <code>provider</code> says who serves a call. At an unknown host, the formats are read, no POST is free, only a limit is written, and no price is borrowed. Models that only their maker runs (<code>gpt-…</code> without <code>gpt-oss</code>, <code>o1</code> and its like, <code>claude-…</code>, <code>gemini-…</code>, OpenAI&#39;s embeddings) are the exception: a server of them buys them at that price, so it is used, and the booking says that it is in doubt.</p><p><strong>Consequence.</strong> A gateway in front of well-known models works in one line. Open weights behind one need <code>provider</code>, <code>prices</code> or <code>models</code>, and the refusal says so. A gateway that charges more than the maker is under-booked until the user says its prices.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0041-unknown-hosts.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0041UnknownHosts = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, _0041UnknownHosts as default };

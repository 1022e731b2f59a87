import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0061 Clouds go through the proxy if the environment names their address","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0061-clouds-under-run.md","filePath":"decisions/0061-clouds-under-run.md"}',
);
const _sfc_main = { name: "decisions/0061-clouds-under-run.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0061-clouds-go-through-the-proxy-if-the-environment-names-their-address" tabindex="-1">0061 Clouds go through the proxy if the environment names their address <a class="header-anchor" href="#_0061-clouds-go-through-the-proxy-if-the-environment-names-their-address" aria-label="Permalink to &quot;0061 Clouds go through the proxy if the environment names their address&quot;">​</a></h1><p><strong>Context.</strong> Azure, Bedrock and Vertex have an address for each account or region. Their calls went past the budget of <code>run</code>, with a warning at best, and Azure&#39;s client of OpenAI&#39;s SDKs throws when <code>OPENAI_BASE_URL</code> is set beside its own endpoint: a program that works alone did not start under <code>run</code>.</p><p><strong>Decision.</strong> Where the environment names the address (<code>AZURE_OPENAI_ENDPOINT</code>, <code>CLOUD_ML_REGION</code>, <code>GOOGLE_CLOUD_LOCATION</code>, or a region beside <code>AWS_BEARER_TOKEN_BEDROCK</code>), it is an upstream, and the variable leads to the proxy. What AWS credentials sign can be sent to the signed host alone: such calls stay outside, which is said. <code>OPENAI_BASE_URL</code> and <code>OPENAI_API_BASE</code> stay unset when <code>AZURE_OPENAI_ENDPOINT</code> is set, or the command or a script that it names speaks of <code>AzureOpenAI</code>; not when there is a key of OpenAI itself, whose calls would leave the budget. Either is said in a line on stderr; <code>--strict</code> refuses to start then.</p><p><strong>Consequence.</strong> An endpoint that is written in a program is found by the name of the client only, and its calls go past. An <code>OPENAI_API_KEY</code> beside an endpoint in a program still keeps Azure&#39;s client from starting: the line says which flag helps.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0061-clouds-under-run.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0061CloudsUnderRun = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, _0061CloudsUnderRun as default };

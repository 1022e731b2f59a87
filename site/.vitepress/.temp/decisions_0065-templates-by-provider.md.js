import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0065 Templates differ by provider","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0065-templates-by-provider.md","filePath":"decisions/0065-templates-by-provider.md"}',
);
const _sfc_main = { name: "decisions/0065-templates-by-provider.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0065-templates-differ-by-provider" tabindex="-1">0065 Templates differ by provider <a class="header-anchor" href="#_0065-templates-differ-by-provider" aria-label="Permalink to &quot;0065 Templates differ by provider&quot;">​</a></h1><p><strong>Context.</strong> A bound in bytes adds what templates put around a request: 256 tokens, and 1,024 more with tools, which is what Claude&#39;s and some open models have at the most. Of a short call this was most of what was held: 25 times its input in the median of recorded first calls.</p><p><strong>Decision.</strong> A provider whose templates are known to be shorter says so (<code>templates</code>): OpenAI 64 tokens and 128 for functions of the caller&#39;s and schemas of answers, the Gemini API 64 and 256. OpenAI&#39;s cookbook counts three tokens a message, three for the beginning of the answer and some twenty for a function (<a href="https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken" target="_blank" rel="noreferrer">how to count tokens</a>), each of which has more bytes than that in JSON. In the recordings a request to OpenAI&#39;s chat completions had at least 64 bytes more than tokens without functions, 200 with them, 301 with a schema; what is added is beside that. Tools of any other type keep 1,024: the provider may define them with texts of its own. So do all other providers, whose servers may have any template. What was counted before (<a href="./0054-what-was-counted-before.html">0054</a>) and what a tokenizer counts keep 256 and 1,024: no JSON stands for their templates.</p><p><strong>Measured.</strong> <code>npm run bench:bounds</code>: held ÷ used of first calls 12.4 in the median (25.2 before), of images 5.7 (6.9), of PDFs 9.1 (10.2), none of 2,894 above its bound.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0065-templates-by-provider.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0065TemplatesByProvider = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0065TemplatesByProvider as default };

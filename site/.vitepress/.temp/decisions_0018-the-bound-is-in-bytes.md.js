import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0018 The bound is in bytes","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0018-the-bound-is-in-bytes.md","filePath":"decisions/0018-the-bound-is-in-bytes.md"}',
);
const _sfc_main = { name: "decisions/0018-the-bound-is-in-bytes.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0018-the-bound-is-in-bytes" tabindex="-1">0018 The bound is in bytes <a class="header-anchor" href="#_0018-the-bound-is-in-bytes" aria-label="Permalink to &quot;0018 The bound is in bytes&quot;">​</a></h1><p><strong>Context.</strong> A hard cap needs to know the most that a call may cost. Exact tokenizers are 25 MB, count one provider&#39;s models, and take seconds for 100 KB of one character: a way to stop a server. Characters divided by four are 60 % too low for Chinese and ids.</p><p><strong>Decision.</strong> A token of any tokenizer in use is at least one byte, so text is bounded by its bytes; of the normalized form (NFKC) where that is longer, because Claude&#39;s published tokenizer makes 15 tokens of the three bytes of U+FDFA. Images have the documented maximum, what is kept elsewhere the context window, and what nothing bounds is refused.</p><p><strong>Consequence.</strong> English is held at four times its price of input. Output dominates most holds; for long prompts there are <code>tokenizer</code>, <code>estimate</code> and <code>adaptiveEstimate</code>. A test hunts for a text with more tokens than its bound, with three tokenizers.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0018-the-bound-is-in-bytes.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0018TheBoundIsInBytes = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0018TheBoundIsInBytes as default };

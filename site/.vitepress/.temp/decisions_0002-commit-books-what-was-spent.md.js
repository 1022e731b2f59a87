import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0002 A commit books what was spent","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0002-commit-books-what-was-spent.md","filePath":"decisions/0002-commit-books-what-was-spent.md"}',
);
const _sfc_main = { name: "decisions/0002-commit-books-what-was-spent.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0002-a-commit-books-what-was-spent" tabindex="-1">0002 A commit books what was spent <a class="header-anchor" href="#_0002-a-commit-books-what-was-spent" aria-label="Permalink to &quot;0002 A commit books what was spent&quot;">​</a></h1><p><strong>Context.</strong> A call may use more than was reserved. token-budget-py 0.1.0 throws and books nothing, so the pool can be overspent for ever while its books say that all is well.</p><p><strong>Decision.</strong> A commit books what was used, whatever the cap. By default it then throws an error. The old behavior is the option <code>&quot;reject&quot;</code>, documented as the one that loses real spend.</p><p><strong>Consequence.</strong> used can be above a cap; every ask is refused then. Only an axis with overage is blamed: a commit without overage on an axis cannot have taken it over its cap.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0002-commit-books-what-was-spent.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0002CommitBooksWhatWasSpent = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0002CommitBooksWhatWasSpent as default };

import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0014 An amendment counts in its own period","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0014-an-amendment-belongs-to-its-period.md","filePath":"decisions/0014-an-amendment-belongs-to-its-period.md"}',
);
const _sfc_main = { name: "decisions/0014-an-amendment-belongs-to-its-period.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0014-an-amendment-counts-in-its-own-period" tabindex="-1">0014 An amendment counts in its own period <a class="header-anchor" href="#_0014-an-amendment-counts-in-its-own-period" aria-label="Permalink to &quot;0014 An amendment counts in its own period&quot;">​</a></h1><p><strong>Context.</strong> A bill may come in when the window has rolled, or the pool was reset, since the amount was booked.</p><p><strong>Decision.</strong> <code>amend</code> changes used at every level at which the amended amount still counts, and at no other; its line in the ledger says when that was booked. Past a cap it is booked all the same, never throws for it, and the settlement says so.</p><p><strong>Consequence.</strong> Used never falls below zero, and is always the sum of the lines that count. A period that is over is corrected in the ledger only: money that turns out to be spent then does not narrow the present one.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0014-an-amendment-belongs-to-its-period.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0014AnAmendmentBelongsToItsPeriod = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0014AnAmendmentBelongsToItsPeriod as default };

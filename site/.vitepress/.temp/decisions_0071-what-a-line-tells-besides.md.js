import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0071 Details of a ledger entry are one short text","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0071-what-a-line-tells-besides.md","filePath":"decisions/0071-what-a-line-tells-besides.md"}',
);
const _sfc_main = { name: "decisions/0071-what-a-line-tells-besides.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0071-details-of-a-ledger-entry-are-one-short-text" tabindex="-1">0071 Details of a ledger entry are one short text <a class="header-anchor" href="#_0071-details-of-a-ledger-entry-are-one-short-text" aria-label="Permalink to &quot;0071 Details of a ledger entry are one short text&quot;">​</a></h1><h2 id="context" tabindex="-1">Context <a class="header-anchor" href="#context" aria-label="Permalink to &quot;Context&quot;">​</a></h2><p>A ledger should show more of a call than its amount: who was paid, what was used by the classes that are priced apart, what was held, how long it took; and of a change who made it and why. No rule looks at any of it. A column for each would be fourteen more in every SQL store, nearly all of them empty, and as many fields in an entry of the Redis script.</p><h2 id="decision" tabindex="-1">Decision <a class="header-anchor" href="#decision" aria-label="Permalink to &quot;Decision&quot;">​</a></h2><ul><li>These details are data of the command (<code>about.details</code>). The handle that commits adds what its reservation held and how long, so no store and no script has to find it out.</li><li>A store keeps them as one text, <code>details</code>: parts split by tabs, which no word holds, each named by its first letter (<code>src/stores/line-details.ts</code>). In Redis the text follows the label in its line, so lines of earlier versions are read as they are and the script carries it without reading it.</li><li>A part that a later version has added is passed over. Migration: one column, empty in lines of earlier versions.</li><li>Actor and reason are words as every other: 1 to 128 characters without control characters.</li></ul><h2 id="consequence" tabindex="-1">Consequence <a class="header-anchor" href="#consequence" aria-label="Permalink to &quot;Consequence&quot;">​</a></h2><p>A query of one&#39;s own in SQL finds the model, label, pool, time and amount in columns, the details in one. A line grows by what is given and by 20 to 40 bytes for the hold. An amendment has the model and label of what it corrects, and the actor and reason of who corrects.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0071-what-a-line-tells-besides.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0071WhatALineTellsBesides = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0071WhatALineTellsBesides as default };

import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0082 Work that ends later is settled by a later answer","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0082-work-that-ends-later.md","filePath":"decisions/0082-work-that-ends-later.md"}',
);
const _sfc_main = { name: "decisions/0082-work-that-ends-later.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0082-work-that-ends-later-is-settled-by-a-later-answer" tabindex="-1">0082 Work that ends later is settled by a later answer <a class="header-anchor" href="#_0082-work-that-ends-later-is-settled-by-a-later-answer" aria-label="Permalink to &quot;0082 Work that ends later is settled by a later answer&quot;">​</a></h1><p><strong>Context.</strong> A response with <code>background: true</code> is answered before its work is done; its usage comes with a later GET, maybe of another process, maybe never. A hold of a stored pool ends with its lease, and what it was for would be missing from the books.</p><p><strong>Decision.</strong> The reading of an answer tells of work that is under way (<code>later</code>), and the exchange is put off: a pool in memory goes on holding, a stored pool books what was held at once as unknown. The next requests that name the work by its id are watched; the first answer that says that it is over settles it, or amends what was booked. It is reported once, then. Whatever is left when the proxy is closed, or after 25 hours, is booked as it was held. The module is loaded when there is such work.</p><p><strong>Consequence.</strong> Nothing is booked twice, and nothing is missing. In another process than the one that asked, the booking of a stored pool stays at what was held, because nothing in the store says which reservation a response belongs to; <code>pool.amend</code> corrects it by hand.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0082-work-that-ends-later.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0082WorkThatEndsLater = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0082WorkThatEndsLater as default };

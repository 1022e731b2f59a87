import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0013 A store executes batches of commands","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0013-a-store-executes-batches.md","filePath":"decisions/0013-a-store-executes-batches.md"}',
);
const _sfc_main = { name: "decisions/0013-a-store-executes-batches.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0013-a-store-executes-batches-of-commands" tabindex="-1">0013 A store executes batches of commands <a class="header-anchor" href="#_0013-a-store-executes-batches-of-commands" aria-label="Permalink to &quot;0013 A store executes batches of commands&quot;">​</a></h1><p><strong>Context.</strong> Many tasks of a process ask at once, and a store is far away: a trip, or a wait for the disk, for each ask is most of its cost. Rules that are written again for every store drift apart.</p><p><strong>Decision.</strong> Calls become commands with ids, gathered by tree into batches; a store applies a batch in one exclusive step. What a command does is written once (<code>src/stores/apply.ts</code>), over the interface <code>Books</code>. SQLite runs it inside <code>BEGIN IMMEDIATE</code>: its driver is synchronous, so no lock is held across a trip.</p><p><strong>Consequence.</strong> A store that can run code within its exclusive step needs no rule. One that cannot, because the step runs at a server, mirrors <code>apply.ts</code> and proves it with the suites and the traces. A lone call pays for the queue: a promise and a turn of the microtask queue.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0013-a-store-executes-batches.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0013AStoreExecutesBatches = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0013AStoreExecutesBatches as default };

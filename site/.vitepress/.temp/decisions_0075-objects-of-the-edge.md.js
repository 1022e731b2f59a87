import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0075 Budgets in Durable Objects","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0075-objects-of-the-edge.md","filePath":"decisions/0075-objects-of-the-edge.md"}',
);
const _sfc_main = { name: "decisions/0075-objects-of-the-edge.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0075-budgets-in-durable-objects" tabindex="-1">0075 Budgets in Durable Objects <a class="header-anchor" href="#_0075-budgets-in-durable-objects" aria-label="Permalink to &quot;0075 Budgets in Durable Objects&quot;">​</a></h1><p><strong>Context.</strong> Workers have no SQLite file and no lasting connections; a Durable Object has one thread, a SQLite database and transactions that no other code comes between. Its base class is a module of the runtime, which nothing else can load.</p><p><strong>Decision.</strong> One object for each root pool, which runs the SQLite books and <code>applyCommands</code> inside <code>transactionSync</code>; the Worker hands in <code>DurableObject</code> (<code>budgetObject(DurableObject)</code>), so the door imports nothing of the runtime. Commands, outcomes and errors that mean something cross RPC as JSON text, since RPC clones no class instances. One more object, named <code>/roots</code>, lists the roots; a root is listed before its pool is made. <code>BEGIN</code> and <code>COMMIT</code>, which the storage refuses, are dropped on the way to it.</p><p><strong>Consequence.</strong> No rule is written again, and the tables are those of a file. Both suites run inside workerd. The first opening of a root by a process costs one trip more, and waiters ask again every <code>pollMs</code>.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0075-objects-of-the-edge.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0075ObjectsOfTheEdge = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0075ObjectsOfTheEdge as default };

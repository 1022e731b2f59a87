import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0009 One wait queue for a tree of pools","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0009-one-line-for-a-tree.md","filePath":"decisions/0009-one-line-for-a-tree.md"}',
);
const _sfc_main = { name: "decisions/0009-one-line-for-a-tree.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0009-one-wait-queue-for-a-tree-of-pools" tabindex="-1">0009 One wait queue for a tree of pools <a class="header-anchor" href="#_0009-one-wait-queue-for-a-tree-of-pools" aria-label="Permalink to &quot;0009 One wait queue for a tree of pools&quot;">​</a></h1><p><strong>Context.</strong> A waiter at a child may lack room at the child or at a parent. A queue for each pool cannot be fair across levels. One strict queue for all lets a waiter at one child hold up every other child.</p><p><strong>Decision.</strong> One queue for each tree, in order of arrival. It is judged from the head: the pools that refuse a waiter are closed to everyone behind, and waiters that need none of them are admitted. Requests that do not wait are judged by R2 alone. They may pass the queue, because refusing what fits would be false.</p><p><strong>Consequence.</strong> No waiter starves, and none is overtaken at a level that refuses it. A newcomer is judged alone, against the levels that are closed. A change judges the queue from its head. When the root refuses a waiter, only a hundred places behind it are looked at, to refuse those that waiting no longer helps, so that a long queue costs constant time for each change. With thousands of waiters at as many children of one tree, a change looks at each of them. What signals and clocks do while the queue is judged is judged in another pass.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0009-one-line-for-a-tree.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0009OneLineForATree = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0009OneLineForATree as default };

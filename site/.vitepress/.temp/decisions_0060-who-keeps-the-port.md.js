import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0060 A guardian keeps the port of a run","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0060-who-keeps-the-port.md","filePath":"decisions/0060-who-keeps-the-port.md"}',
);
const _sfc_main = { name: "decisions/0060-who-keeps-the-port.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0060-a-guardian-keeps-the-port-of-a-run" tabindex="-1">0060 A guardian keeps the port of a run <a class="header-anchor" href="#_0060-a-guardian-keeps-the-port-of-a-run" aria-label="Permalink to &quot;0060 A guardian keeps the port of a run&quot;">​</a></h1><p><strong>Context.</strong> The command of a run sends its provider&#39;s key to a port of 127.0.0.1. When <code>run</code> was killed, the command went on, the port was free, and another user who took it received the key seven times in three seconds. A process group of its own would take the terminal away from interactive agents: it needs a session of its own, and with that Ctrl-C and the size of the window are lost.</p><p><strong>Decision.</strong> <code>run</code> starts a guardian before the command: a shell in a session of its own that inherits the listening socket and reads a pipe. A word on the pipe means that the run has ended by itself. The end of the pipe means that it was killed: the guardian asks the processes of the run to end, kills them after five seconds, and goes, and with it the port, when none is left. On Linux these are found by a variable that all of them inherit; elsewhere they are the command and its children. When the run ends by itself and something of it is still alive, a small program of ours keeps the port, refuses every call with 402, and goes when that has ended. A shell, because it starts in a millisecond and takes one megabyte, where Node.js takes forty of both.</p><p><strong>Consequence.</strong> A command does not outlive a run that is killed. What leaves the environment behind (<code>env -i</code>) is not found. On Windows there is no guardian. Elsewhere than on Linux, what a command leaves behind when it ends by itself finds a free port.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0060-who-keeps-the-port.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0060WhoKeepsThePort = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0060WhoKeepsThePort as default };

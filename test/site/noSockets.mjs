// Preloaded where the system gives no network namespace: refuses every socket that does not stay on this machine.
import net from "node:net";
import dns from "node:dns";

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof options === "object" ? options.host : undefined;
  const isLocal = options?.path || !host || /^(localhost|127\.|::1$)/.test(host);
  if (!isLocal) {
    this.destroy(new Error(`the network is blocked: ${host}`));
    return this;
  }
  return connect.apply(this, args);
};
dns.lookup = (host, ...rest) => rest.at(-1)(new Error(`the network is blocked: ${host}`));

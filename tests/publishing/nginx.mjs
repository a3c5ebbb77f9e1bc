// nginx with the configuration that the manual gives, on a free port of this machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { root, scratch, succeed } from "./scratch.mjs";

const NGINX = process.env.NGINX ?? "nginx";

/** Serves `folder`, whose page for what is not there is at the address `missing`. Gives the address of its root, without a last slash. */
export async function nginx(t, folder, missing = "/404.html") {
  const prefix = scratch(t);
  const port = await freePort();
  writeFileSync(join(prefix, "archive.conf"), configured(port, folder, missing));
  writeFileSync(
    join(prefix, "nginx.conf"),
    `include /etc/nginx/modules-enabled/*.conf;
daemon off;
master_process off;
pid ${prefix}/pid;
error_log stderr notice;
events { }
http {
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path ${prefix}/body;
  proxy_temp_path ${prefix}/proxy;
  fastcgi_temp_path ${prefix}/fastcgi;
  uwsgi_temp_path ${prefix}/uwsgi;
  scgi_temp_path ${prefix}/scgi;
  include ${prefix}/archive.conf;
}
`,
  );
  const settings = ["-c", join(prefix, "nginx.conf"), "-e", "stderr"];
  succeed(NGINX, [...settings, "-t", "-q"]);
  const server = spawn(NGINX, settings, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr.on("data", (chunk) => (said += chunk));
  const ended = once(server, "exit");
  t.after(async () => {
    server.kill("SIGTERM");
    await ended;
  });
  await listening(port, server, () => said);
  return `http://127.0.0.1:${port}`;
}

/** The manual's configuration with its lines marked HERE changed. */
function configured(port, folder, missing) {
  let text = readFileSync(join(root, "docs/content/hosts/nginx.conf"), "utf8");
  const change = (line, to) => {
    if (!text.includes(line)) throw new Error(`nginx.conf has no line \`${line}\``);
    text = text.replace(line, to);
  };
  change("listen 80;", `listen 127.0.0.1:${port};`);
  change("root /srv/archive;", `root "${folder}";`);
  change("error_page 404 /404.html;", `error_page 404 ${missing};`);
  return text;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Ends when something listens there; a server that ends before that is a fault. */
async function listening(port, server, said) {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`nginx ended:\n${said()}`);
    const socket = connect(port, "127.0.0.1");
    const open = await Promise.race([once(socket, "connect").then(() => true, () => false)]);
    socket.destroy();
    if (open) return;
    await new Promise(setImmediate);
  }
}

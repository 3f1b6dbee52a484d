// Copyright (c) 2026, The btp_ops.task_center authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// SAP's JavaScript clients on demand: reads one job per line (JSON) from standard input, answers one line per job.

import https from "node:https";
import process from "node:process";
import readline from "node:readline";
import tls from "node:tls";
import connectivity from "@sap-cloud-sdk/connectivity";
import xssec from "@sap/xssec";

// The SDK honours HTTPS_PROXY by itself; @sap/xssec uses Node's own agents, which do not: they go to the landscape's port.
https.Agent.prototype.createConnection = (options) =>
  tls.connect({ ...options, host: "127.0.0.1", port: Number(process.env.LANDSCAPE_PORT) });

const actions = {
  async getDestination({ name, jwt, iss }) {
    const destination = await connectivity.getDestination({ destinationName: name, jwt, iss, useCache: false });
    if (!destination) {
      return null;
    }
    const headers = await connectivity.buildHeadersForDestination(destination);
    return { url: destination.url, authentication: destination.authentication, tokens: destination.authTokens, headers };
  },

  async validate({ credentials, jwt }) {
    const context = await new xssec.XsuaaService(credentials).createSecurityContext(jwt);
    const { userName, email, zid, clientId } = context.token;
    return { userName, email, zid, clientId, subdomain: context.getSubdomain?.() };
  },

  clientCredentials: ({ credentials, zid }) =>
    new xssec.XsuaaService(credentials).fetchClientCredentialsToken({ zid }),

  password: ({ credentials, user, password }) => new xssec.XsuaaService(credentials).fetchPasswordToken(user, password),

  jwtBearer: ({ credentials, jwt, zid }) => new xssec.XsuaaService(credentials).fetchJwtBearerToken(jwt, { zid }),
};

for (const channel of ["log", "info", "warn", "error"]) {
  console[channel] = () => undefined; // Standard output is for answers alone.
}

function causes(error) {
  const messages = [];
  for (let cause = error; cause; cause = cause.cause) {
    messages.push(cause.message ?? String(cause));
  }
  return messages.join(": ");
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { action, vcap, ...options } = JSON.parse(line);
  process.env.VCAP_SERVICES = JSON.stringify(vcap ?? {});
  let answer;
  try {
    answer = { result: await actions[action](options) };
  } catch (error) {
    answer = { error: causes(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

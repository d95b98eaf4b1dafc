// An OpenID provider on this machine, for tests. Whoever comes is whoever `POST /who` said last, without being asked.
// `node provider.mjs REDIRECT_URI` prints its issuer once it listens, and ends with its standard input.
import http from 'node:http';
import { Provider } from 'oidc-provider';

const [redirectUri] = process.argv.slice(2);
let who = { sub: 'nobody' };
let keys = 1;

const server = http.createServer();
server.listen(0, '127.0.0.1', async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const make = async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: `k${keys++}` };
  };
  const provider = async () => {
    const made = new Provider(issuer, {
      clients: [{
        client_id: 'desk',
        client_secret: 'a secret of both sides',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      }],
      jwks: { keys: [await make()] },
      cookies: { keys: ['of no use'] },
      pkce: { required: () => true },
      scopes: ['openid', 'profile', 'email', 'groups'],
      claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email', 'email_verified'], groups: ['groups'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...who, sub: id }) }),
      loadExistingGrant: async (ctx) => {
        const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
        grant.addOIDCScope('openid profile email groups');
        await grant.save();
        return grant;
      },
    });
    made.proxy = false;
    return made;
  };
  let current = await provider();
  server.on('request', async (request, response) => {
    try {
      if (request.url === '/who') {
        const parts = [];
        for await (const part of request) parts.push(part);
        who = JSON.parse(Buffer.concat(parts));
        return response.end();
      }
      if (request.url === '/new-keys') {
        current = await provider();
        return response.end();
      }
      if (request.url.startsWith('/interaction/')) {
        return await current.interactionFinished(request, response, { login: { accountId: who.sub } });
      }
      return current.callback()(request, response);
    } catch (error) {
      console.error(error);
      response.statusCode = 500;
      response.end();
    }
  });
  console.log(issuer);
});
process.stdin.on('end', () => process.exit(0)).resume();

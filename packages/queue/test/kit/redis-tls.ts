import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Of `localhost`, signed by itself until 2126, and made for these tests alone: it protects nothing. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnNannjqu8YiLrosG
kW0Q/wkxEF+603zgUssuBvi8nzWhRANCAAScxV1TaNRkqsMFopDxJgIjoEPg8rtD
JNYSlKhZ3cHlilPGsoYtFt1nsbDvGLjIg0FzLwQTZZJXMleQ7zMhGBph
-----END PRIVATE KEY-----
`
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUTX8H6DEdQCOK1hXoOXLP6cWkjzQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODEyMjI1MVoYDzIxMjYxMTA0
MTIyMjUxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAScxV1TaNRkqsMFopDxJgIjoEPg8rtDJNYSlKhZ3cHlilPGsoYtFt1n
sbDvGLjIg0FzLwQTZZJXMleQ7zMhGBpho1MwUTAdBgNVHQ4EFgQUXI5G0l45txvf
1Qh8ZpysAeqT3LMwHwYDVR0jBBgwFoAUXI5G0l45txvf1Qh8ZpysAeqT3LMwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAvTihB1JF3zKA1hco50jw
9fIbMpkiFisk2FMGee784j0CIG72Sx+vw6QAmOKBmfQB9eVovsEOalO9X2wWoV5u
F5ar
-----END CERTIFICATE-----
`

/** What makes a server take connections with TLS, and none without. @param folder - for its key and certificate */
export function tlsFlags(folder: string, port: number): readonly string[] {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  writeFileSync(key, KEY)
  writeFileSync(certificate, CERTIFICATE)
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
  return ['--port', '0', '--tls-port', String(port), ...files, '--tls-auth-clients', 'no']
}

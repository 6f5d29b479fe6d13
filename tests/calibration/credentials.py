"""Documents of secrets: assignments in code and configuration, with decoys.

Issuers' prefixes are put together here, so that no file of the repository
holds anything that looks like a credential.
"""

import base64
import hashlib
import string
import uuid
import zlib

from documents import Document, Item

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
BASE62 = UPPER + LOWER + DIGITS
WORDS = "amber anchor basil canyon cedar cobalt copper delta ember falcon garnet harbor indigo juniper kestrel lantern maple meadow nectar onyx orchid pepper quartz raven saffron timber umber velvet walnut zephyr".split()
TOPICS = ["db", "smtp", "redis", "payments", "crm", "billing", "search", "ldap", "s3", "queue", "warehouse", "mail"]


def some(rng, alphabet, n):
    return "".join(rng.choice(alphabet) for _ in range(n))


# Secrets: a name (in snake case), and a value.


def password(rng):
    style = rng.randrange(4)
    word = rng.choice(WORDS)
    if style == 0:
        return some(rng, BASE62 + "!#%*-_+", rng.randrange(10, 20))
    if style == 1:
        return f"{word.capitalize()}{rng.choice('!#-_')}{rng.randrange(10, 9999)}"
    if style == 2:
        return f"{word}{rng.choice('-_.')}{rng.choice(WORDS)}{rng.randrange(10, 999)}"
    return word[:2].upper() + some(rng, LOWER + DIGITS, 6) + rng.choice("!?$%") + some(rng, DIGITS, 2)


def jwt(rng):
    part = lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")
    body = f'{{"sub":"{rng.randrange(10**9)}","iss":"https://id.acme.dev","exp":{rng.randrange(1_700_000_000, 1_900_000_000)}}}'
    head = b'{"alg":"HS256","typ":"JWT"}'
    return ".".join(part(raw) for raw in (head, body.encode(), rng.randbytes(32)))


def github(rng):
    body = some(rng, BASE62, 30)
    number, check = zlib.crc32(body.encode()), ""
    while number:
        number, rest = divmod(number, 62)
        check = (DIGITS + UPPER + LOWER)[rest] + check
    return "ghp" + "_" + body + check.rjust(6, "0")


def aws_pair(rng):
    return "AKIA" + some(rng, UPPER + "234567", 16), some(rng, BASE62 + "/+", 40)


def url(rng, scheme=None):
    scheme = scheme or rng.choice(["postgres", "postgresql", "mysql", "mongodb", "redis", "amqp", "https"])
    host = f"{rng.choice(TOPICS)}.{rng.choice(['internal', 'acme.dev', 'prod.acme.net'])}"
    return f"{scheme}://{rng.choice(['app', 'svc', 'root', 'etl'])}:{some(rng, BASE62, rng.randrange(10, 18))}@{host}:{rng.randrange(1000, 9999)}/{rng.choice(TOPICS)}"


def odbc(rng):
    return f"Server=tcp:{rng.choice(TOPICS)}.acme.net,1433;Database={rng.choice(TOPICS)};User ID=svc;Password={some(rng, BASE62, 14)};Encrypt=true"


SECRETS = [
    (["password", "{t}_password", "{t}_passwd", "{t}_pwd", "{t}_pass", "admin_password", "user_password"], password),
    (["password", "{t}_password"], password),
    (["api_key", "{t}_api_key", "apikey", "{t}_key_secret"], lambda r: some(r, BASE62, r.choice([24, 32, 40]))),
    (["api_key", "{t}_api_key", "{t}_token"], lambda r: r.randbytes(r.choice([16, 20, 32])).hex()),
    (["token", "{t}_token", "access_token", "auth_token", "refresh_token", "bearer_token"], lambda r: some(r, BASE62 + "-_", r.choice([32, 43, 64]))),
    (["secret", "client_secret", "{t}_secret", "webhook_secret", "secret_key", "jwt_secret", "signing_key"], lambda r: some(r, BASE62 + "+/", r.choice([32, 43])) + r.choice(["", "="])),
    (["encryption_key", "master_key", "{t}_encryption_key"], lambda r: base64.b64encode(r.randbytes(32)).decode()),
    (["{t}_url", "database_url", "dsn", "{t}_uri", "connection_string"], url),
    (["connection_string", "{t}_connection"], odbc),
    (["token", "id_token", "session"], jwt),
    (["github_token", "gh_token", "token"], github),
    (["slack_token", "bot_token"], lambda r: "xo" + f"xb-{some(r, DIGITS[1:], 12)}-{some(r, DIGITS[1:], 13)}-{some(r, BASE62, 24)}"),
    (["stripe_key", "payment_key"], lambda r: "sk" + "_live_" + some(r, BASE62, 24)),
    (["google_key", "maps_key"], lambda r: "AI" + "za" + some(r, BASE62 + "-_", 35)),
    (["sendgrid_key", "mail_key"], lambda r: "S" + f"G.{some(r, BASE62, 22)}.{some(r, BASE62 + '-_', 43)}"),
    (["aws_secret_access_key"], lambda r: aws_pair(r)[1]),
    (["aws_access_key_id"], lambda r: aws_pair(r)[0]),
]

# Decoys: names and values that are no secrets, some of them quoted strings and
# some expressions of the language.
STRINGS = [
    ("placeholder", ["password", "api_key", "{t}_token", "client_secret", "{t}_password"], lambda r: r.choice(["changeme", "CHANGE_ME", "your-api-key-here", "<token>", "xxxxxxxxxxxxxxxxxxxxxxxx", "example", "TODO", "REPLACE_WITH_YOUR_KEY", "********", "insert_key_here", "password", "not-a-real-secret", "dummy", "secret", "[REDACTED]", "my-secret-token", "YOUR_CLIENT_SECRET_HERE", "abcdefghijklmnopqrstuvwxyz123456", "00000000000000000000000000000000", "sk_test_xxxxxxxxxxxxxxxxxxxx"])),
    ("reference", ["password", "{t}_password", "api_key", "secret_key", "token"], lambda r: r.choice(["${DB_PASSWORD}", "{{ vault_db_password }}", "%(db_password)s", "$DB_PASSWORD", "vault:secret/data/db#password", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf", "op://infra/db/password", "projects/acme/secrets/db-password/versions/3", "<%= ENV['TOKEN'] %>", "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/db)", "file:///run/secrets/db_password", "ssm:/prod/db/password", "#{ENV['API_KEY']}", "env:API_TOKEN", "secretKeyRef", "sops:enc"])),
    ("file", ["private_key", "key_file", "token_file", "ssl_key", "password_file", "credentials", "secret_path"], lambda r: r.choice(["/etc/ssl/private/server.key", "./keys/id_rsa", "config/credentials.json", "/run/secrets/token", "C:\\certs\\app.pfx", "~/.aws/credentials", "server-key.pem"])),
    ("name", ["password_field", "token_type", "secret_name", "api_key_header", "key_name", "token_param", "auth_key_alias", "access_key_name"], lambda r: r.choice(["user_password", "Bearer", "prod-db-credentials", "X-Api-Key", "primary-signing-key", "access_token", "my-app-tls-secret", "password_confirmation", "refreshTokenLifetime"])),
    ("text", ["password_hint", "password", "token_error", "secret_help", "password_label"], lambda r: r.choice(["Must be at least 8 characters", "Passwort vergessen?", "Enter your password", "Invalid or expired token", "Mot de passe oublié", "The secret could not be found", "パスワード", "Introduzca su contraseña"])),
    ("hash", ["sha256", "checksum", "content_hash", "commit", "etag", "fingerprint", "integrity", "digest", "cache_key"], lambda r: r.choice([r.randbytes(32).hex(), r.randbytes(20).hex(), r.randbytes(16).hex(), "sha512-" + base64.b64encode(r.randbytes(64)).decode(), "sha256:" + r.randbytes(32).hex()])),
    ("uuid", ["request_id", "tenant_id", "client_id", "correlation_id", "subscription_id", "token_id", "key_id"], lambda r: str(uuid.UUID(bytes=r.randbytes(16), version=4))),
    ("public key", ["public_key", "ssh_key", "authorized_key", "publishable_key", "verify_key"], lambda r: r.choice(["ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + r.randbytes(32)).decode() + " ops", "MCowBQYDK2VwAyEA" + base64.b64encode(r.randbytes(32)).decode(), "pk_live_" + some(r, BASE62, 24)])),
    ("identifier", ["client_id", "account", "project_key", "cache_key", "partition_key", "primary_key", "sort_key", "i18n_key", "storage_key", "foreign_key", "translation_key", "feature_key"], lambda r: r.choice(["acme-prod-billing", "user.settings.title", "orders#2024", "customer_id,created_at", "com.acme.billing.InvoiceService", "PROJ-1234", "checkout.payment.card.label", f"{some(r, DIGITS, 12)}-{some(r, LOWER + DIGITS, 32)}.apps.googleusercontent.com"])),
    ("address", ["token_url", "auth_url", "password_reset_url", "secret_url", "token_endpoint", "database_url"], lambda r: r.choice(["https://id.acme.dev/oauth2/token", "https://acme.dev/reset-password?step=1", "postgres://localhost:5432/app", "redis://cache:6379/0", "postgres://user:password@localhost/db", "jdbc:postgresql://db:5432/crm", "https://user:<password>@host/path", "mysql://root:${MYSQL_PW}@db/app"])),
    ("cursor", ["next_token", "page_token", "continuation_token", "csrf_token_name", "nonce"], lambda r: r.choice([base64.b64encode(b'{"offset":' + str(r.randrange(10**6)).encode() + b',"dir":"asc"}').decode(), "csrfmiddlewaretoken", some(r, BASE62, 16)])),
    ("data", ["icon", "logo", "payload", "avatar", "body", "raw", "blob"], lambda r: r.choice(["data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + r.randbytes(60)).decode(), base64.b64encode(r.randbytes(48)).decode(), r.randbytes(24).hex()])),
    ("algorithm", ["algorithm", "key_algorithm", "cipher", "password_encoder", "token_algorithm", "secret_engine"], lambda r: r.choice(["HS256", "AES-256-GCM", "PBKDF2WithHmacSHA512", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "bcrypt", "ecdsa-sha2-nistp256", "kv-v2"])),
    ("test vector", ["aes_key_vector", "expected_mac", "plaintext", "ciphertext", "expected", "input", "iv"], lambda r: r.randbytes(r.choice([16, 24, 32])).hex()),
]

EXPRESSIONS = {
    "py": ['os.environ["DB_PASSWORD"]', "config.database.password", 'getpass.getpass("Password: ")', "secrets.token_urlsafe(32)", "self.token", "None", 'settings.get("api_key")', "hashlib.sha256(raw).hexdigest()"],
    "js": ["process.env.API_KEY", "config.get('db.password')", "await getToken()", "req.body.password", "user.passwordHash", "undefined", "crypto.randomBytes(32).toString('hex')"],
    "ts": ["process.env.API_KEY!", "this.authService.token", "inject(TOKEN_PROVIDER)", "form.value.password", "await this.vault.read('db/password')"],
    "java": ['System.getenv("DB_PASSWORD")', "request.getPassword()", "tokenService.createToken(user)", "passwordEncoder.encode(raw)", "properties.getSecretKey()"],
    "go": ['os.Getenv("API_KEY")', "cfg.Database.Password", "flag.String(\"token\", \"\", \"API token\")", "uuid.NewString()"],
    "rb": ["ENV.fetch('DB_PASSWORD')", "Rails.application.credentials.secret_key_base", "params[:password]", "SecureRandom.hex(32)"],
    "php": ["getenv('DB_PASSWORD')", "$_POST['password']", "config('services.stripe.secret')", "bin2hex(random_bytes(16))"],
    "cs": ["Configuration[\"Db:Password\"]", "Environment.GetEnvironmentVariable(\"TOKEN\")", "model.Password", "tokenHandler.WriteToken(token)"],
    "rs": ["std::env::var(\"API_KEY\")?", "config.password.clone()", "Secret::new(raw)", "rng.gen::<[u8; 32]>()"],
    "kt": ["System.getenv(\"TOKEN\")", "BuildConfig.API_KEY", "viewModel.password.value", "tokenStore.load()"],
    "swift": ["ProcessInfo.processInfo.environment[\"API_KEY\"]", "keychain.get(\"token\")", "UUID().uuidString"],
    "tf": ["var.db_password", "random_password.db.result", "data.aws_secretsmanager_secret_version.db.secret_string", "module.vault.token"],
    "sh": ['"$(pass show db)"', "$1", '"${TOKEN:?}"', "$(openssl rand -hex 32)", '"$(cat /run/secrets/token)"'],
    "ps1": ["$env:DB_PASSWORD", "(Get-AzKeyVaultSecret -Name db).SecretValue", "Read-Host -AsSecureString"],
    "pl": ["$ENV{DB_PASSWORD}", "shift->{token}", "$self->{password}"],
}


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def pascal(name):
    return "".join(part.capitalize() for part in name.split("_"))


# How a language gives a value to a name. {n} {c} {p} {N} are the name in snake,
# camel, Pascal case and capitals; {v} is the value, {e} is quoted or an expression.
LANGUAGES = {
    "py": ["{n} = {e}", "    self.{n} = {e}", "client = Client({n}={e})", "    '{n}': {e},", "os.environ['{N}'] = {e}"],
    "js": ["const {c} = {e};", "  {c}: {e},", "module.exports.{c} = {e};", "process.env.{N} = {e};"],
    "ts": ["const {c}: string = {e};", "  {c}: {e},", "export const {N} = {e};", "  private readonly {c} = {e};"],
    "java": ["private static final String {N} = {e};", "String {c} = {e};", 'props.setProperty("{n}", {e});', "builder.{c}({e});"],
    "go": ["{c} := {e}", "const {p} = {e}", "\t{p}: {e},", 'os.Setenv("{N}", {e})'],
    "rb": ["{n} = {e}", "  {n}: {e},", "ENV['{N}'] = {e}", "config.{n} = {e}"],
    "php": ["${n} = {e};", "    '{n}' => {e},", "define('{N}', {e});"],
    "cs": ["var {c} = {e};", "public const string {p} = {e};", "    {p} = {e},"],
    "rs": ["let {n} = {e};", "const {N}: &str = {e};", "    {n}: {e},"],
    "kt": ["val {c} = {e}", "const val {N} = {e}", "  {c} = {e},"],
    "swift": ["let {c} = {e}", "static let {c}: String = {e}"],
    "pl": ["my ${n} = {e};", "    {n} => {e},"],
    "sh": ["export {N}={e}", "{N}={e}", 'curl -d "{n}={v}" https://api.acme.dev'],
    "ps1": ["${p} = {e}", "$env:{N} = {e}"],
    "tf": ["  {n} = {e}"],
    "yaml": ["{n}: {v}", '  {n}: "{v}"', "  {c}: {v}"],
    "env": ["{N}={v}", '{N}="{v}"'],
    "properties": ["app.{n}={v}", "{c} = {v}"],
    "ini": ["{n} = {v}", "{n}={v}"],
    "toml": ['{n} = "{v}"'],
    "json": ['  "{n}": "{v}",', '  "{c}": "{v}",'],
    "xml": ["<{n}>{v}</{n}>", '<add key="{p}" value="{v}" />', '<property name="{n}" value="{v}"/>'],
    "Dockerfile": ["ENV {N}={v}", "ARG {N}={v}"],
    "log": ["2025-03-04T10:11:12Z INFO loading config {n}={v} from store", "DEBUG request {{'{n}': '{v}'}} sent"],
}


def key_block(rng):
    """A private key in PEM, an Ed25519 one or one of P-256, and its public part."""
    if rng.random() < 0.5:
        der, name = bytes.fromhex("302e020100300506032b657004220420") + rng.randbytes(32), "PRIVATE KEY"
    else:
        der, name = bytes.fromhex("30310201010420") + rng.randbytes(32) + bytes.fromhex("a00a06082a8648ce3d030107"), "EC PRIVATE KEY"
    pem = lambda der, name: f"-----BEGIN {name}-----\n" + "\n".join(base64.b64encode(der).decode()[i : i + 64] for i in range(0, 200, 64)).rstrip() + f"\n-----END {name}-----"
    public = bytes.fromhex("302a300506032b6570032100") + rng.randbytes(32)
    return Item("", "", pem(der, name), "secret", kind="private key"), Item("", "", pem(public, "PUBLIC KEY"), None, kind="public key")


def assign(language, name, value, rng, expression=None):
    template = rng.choice([t for t in LANGUAGES[language] if expression is None or "{e}" in t])
    quote = "'" if language in ("py", "js", "rb", "php", "sh", "pl", "ps1") and rng.random() < 0.5 else '"'
    return template.format(n=name, c=camel(name), p=pascal(name), N=name.upper(), v=value, e=expression or quote + value + quote)


def document(language, rng):
    lines, items = [], []
    for _ in range(rng.randrange(2, 6)):
        names, value = rng.choice(SECRETS)
        name = rng.choice(names).format(t=rng.choice(TOPICS))
        text = value(rng)
        if language in ("yaml", "sh", "env") and set(text) & set("#!$%*&?"):
            text = some(rng, BASE62, 14)
        lines.append(assign(language, name, text, rng))
        items.append(Item(name, name, text, "secret", kind="secret"))
        if name == "aws_secret_access_key":
            lines.append(assign(language, "aws_access_key_id", id := aws_pair(rng)[0], rng))
            items.append(Item("", "", id, "secret"))
    for _ in range(rng.randrange(4, 12)):
        kind, names, value = rng.choice(STRINGS)
        text = value(rng)
        if set(text) & set("\"'") or language == "xml" and set(text) & set("<&"):
            continue
        lines.append(assign(language, rng.choice(names).format(t=rng.choice(TOPICS)), text, rng))
        items.append(Item("", "", text, None, kind=kind))
    for expression in rng.sample(EXPRESSIONS.get(language, []), min(2, len(EXPRESSIONS.get(language, [])))):
        name = rng.choice(["password", "db_password", "api_key", "client_secret", "token"])
        lines.append(assign(language, name, "", rng, expression))
        items.append(Item("", "", expression, None, kind="expression"))
    rng.shuffle(lines)
    text = "\n".join(lines)
    if rng.random() < 0.1:
        private, public = key_block(rng)
        text += f"\n{private.value}\n\n{public.value}\n"
        items += [private, public]
    if language == "json":
        text = "{\n" + text + '\n  "end": true\n}'
    return text + "\n", items


def documents(count, rng):
    for number in range(count):
        language = list(LANGUAGES)[number % len(LANGUAGES)]
        name = f"secrets/{number:05}/Dockerfile" if language == "Dockerfile" else f"secrets/{number:05}.{language}"
        yield Document(name, language, *document(language, rng))

// A program from the distribution's own package, unpacked into the user's cache: nothing is installed and root is not
// needed. The mirror is the one that the machine's apt is set up for, its signatures are checked by apt.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'clerk-sync')

/**
 * Finds the package whose name begins with `name` in the machine's own release, or, on Debian, in its unstable one
 * (which alone has MySQL), and gives the command that runs the first of `binaries` from it. It comes with every
 * library and the loader it was built for, so the release need not be the machine's.
 * @param {string} name @param {string[]} binaries @param {(text: string) => void} note
 */
export async function unpackedPackage(name, binaries, note) {
  const release = await osRelease()
  if (process.platform !== 'linux' || !release || spawnSync('apt-get', ['--version']).error) {
    throw new Error('apt is not there: this way is for Debian and Ubuntu.')
  }
  const home = join(cache, `${name}-${release.ID}-${release.VERSION_ID ?? 'unstable'}-${process.arch}`)
  const root = join(home, 'root')
  if (!existsSync(root)) {
    note(`downloading ${name} with apt, once`)
    await mkdir(cache, { recursive: true })
    const work = await mkdtemp(`${home}.`)
    try {
      await download(name, release, work)
      await rm(join(work, 'apt'), { recursive: true, force: true })
      // Another process may have been quicker: then its folder is as good.
      await rename(work, home).catch((error) => {
        if (!existsSync(root)) throw error
      })
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  }
  const binary = binaries.find((path) => existsSync(join(root, path)))
  if (!binary) throw new Error(`${binaries.join(' or ')} is not in the package ${name}.`)
  return { root, name, binary: join(root, binary), libraries: libraries(root), command: command(root, binary) }
}

/** @param {string} name @param {Record<string, string>} release @param {string} work */
async function download(name, release, work) {
  const apt = join(work, 'apt')
  for (const folder of ['lists/partial', 'cache/archives/partial']) await mkdir(join(apt, folder), { recursive: true })
  // Nothing counts as installed, so every library is fetched.
  await writeFile(join(apt, 'status'), '')
  const options = [
    ...['-qq', '-y', '--no-install-recommends', `-oDir::State::Lists=${apt}/lists`, `-oDir::Cache=${apt}/cache`],
    ...[`-oDir::State::status=${apt}/status`, '-oAPT::Sandbox::User=', '-oAcquire::Retries=3'],
  ]
  const sources = [[], ...(release.ID === 'debian' ? [await unstable(apt)] : [])]
  let why = 'no release has it'
  for (const source of sources) {
    await run('apt-get', [...options, ...source, 'update'])
    const { stdout } = spawnSync('apt-cache', [...options.slice(3), ...source, 'pkgnames', name], { encoding: 'utf8' })
    // The bare name first, then the newest of names like mysql-server-core-8.0.
    for (const candidate of stdout
      .split('\n')
      .filter(Boolean)
      .sort()
      .reverse()
      .sort((a, b) => a.length - b.length)) {
      try {
        await run('apt-get', [...options, ...source, 'install', '--download-only', candidate])
      } catch (error) {
        why = error instanceof Error ? error.message : String(error)
        continue
      }
      const archives = join(apt, 'cache', 'archives')
      for (const file of readdirSync(archives).filter((entry) => entry.endsWith('.deb'))) {
        await run('dpkg-deb', ['-x', join(archives, file), join(work, 'root.part')])
      }
      return rename(join(work, 'root.part'), join(work, 'root'))
    }
  }
  throw new Error(`apt could not fetch ${name}: ${why}`)
}

/** @param {string} apt */
async function unstable(apt) {
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], {
    encoding: 'utf8',
  })
  const mirror = stdout.split('\n').find((uri) => /\/debian\/?$/.test(uri))
  if (!mirror) throw new Error('no Debian mirror among the sources of apt.')
  await writeFile(join(apt, 'sources.list'), `deb ${mirror} unstable main\n`)
  return [`-oDir::Etc::SourceList=${apt}/sources.list`, '-oDir::Etc::SourceParts=/dev/null']
}

/** The folders of the libraries that came along. @param {string} root */
function libraries(root) {
  const folders = ['lib64', 'usr/lib64', 'lib', 'usr/lib'].filter((folder) => existsSync(join(root, folder)))
  const nested = ['lib', 'usr/lib'].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .filter((entry) => /-linux-gnu/.test(entry))
          .map((entry) => join(folder, entry))
      : [],
  )
  // Some keep libraries of their own in a folder of their own.
  const own = [...nested.map((folder) => join(folder, 'pulseaudio')), 'usr/lib/mysql/private']
  return [...nested, ...folders, ...own].map((folder) => join(root, folder)).filter(existsSync)
}

/** Runs a binary below `root` with the loader and libraries that came with it. @param {string} root @param {string} binary */
function command(root, binary) {
  const folders = libraries(root)
  const loader = folders
    .flatMap((folder) => readdirSync(folder).map((entry) => join(folder, entry)))
    .find((path) => /\/ld-linux[^/]*\.so\.\d+$/.test(path) && existsSync(path))
  return loader ? [loader, '--library-path', folders.join(':'), join(root, binary)] : [join(root, binary)]
}

/** @returns {Promise<Record<string, string> | undefined>} */
async function osRelease() {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => undefined)
  return text === undefined
    ? undefined
    : Object.fromEntries([...text.matchAll(/^(\w+)="?(.*?)"?$/gm)].map(([, key, value]) => [key, value]))
}

/** @param {string} command @param {string[]} args @returns {Promise<void>} */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    })
    let errors = ''
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(errors.trim() || `${command}: ${code}`))))
  })
}

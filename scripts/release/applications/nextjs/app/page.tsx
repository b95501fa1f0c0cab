export default function Page() {
  return <p>clerk-sync</p>
}

// In the form that `supabase gen types typescript` gives.
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  __InternalSupabase: { PostgrestVersion: '14.1' }
  public: {
    Tables: {
      users: Table<
        {
          id: string
          email: string | null
          first_name: string | null
          image_url: string | null
          banned: boolean
          public_metadata: Json | null
          last_sign_in_at: string | null
          plan: Database['public']['Enums']['plan']
          created_at: string
          clerk_version: string
          deleted_at: string | null
        },
        {
          id: string
          email?: string | null
          first_name?: string | null
          image_url?: string | null
          banned?: boolean
          public_metadata?: Json | null
          last_sign_in_at?: string | null
          plan?: Database['public']['Enums']['plan']
          created_at?: string
          clerk_version?: string
          deleted_at?: string | null
        }
      >
      /** A required e-mail address, and a key of its own. */
      profiles: Table<
        {
          id: number
          clerk_id: string
          email: string
          label: string
          display_name: string | null
          clerk_version: string
          deleted_at: string | null
        },
        {
          id?: number
          clerk_id: string
          email: string
          label?: string
          display_name?: string | null
          clerk_version?: string
          deleted_at?: string | null
        }
      >
      organization_memberships: Table<
        {
          id: string
          organization_id: string
          user_id: string
          role: string
          permissions: string[] | null
          clerk_version: string
          deleted_at: string | null
        },
        {
          id: string
          organization_id: string
          user_id: string
          role: string
          permissions?: string[] | null
          clerk_version?: string
          deleted_at?: string | null
        }
      >
      sessions: Table<
        { id: string; status: string | null; clerk_version: string; deleted_at: string | null },
        { id: string; status?: string | null; clerk_version?: string; deleted_at?: string | null }
      >
      /** Nothing of Clerk's. */
      posts: Table<{ id: number; title: string }, { id?: number; title: string }>
      clerk_events: Table<
        { id: string; type: string; entity_id: string | null; occurred_at: string; processed_at: string },
        { id: string; type: string; entity_id?: string | null; occurred_at: string; processed_at: string }
      >
      /** Without sync columns. */
      members: Table<
        { id: string; email: string; name: string | null },
        { id: string; email: string; name?: string | null }
      >
      email_addresses: Table<
        { user_id: string; id: string; email_address: string | null; label: string },
        { user_id: string; id: string; email_address?: string | null; label: string }
      >
      /** Its key has other names. */
      odd_addresses: Table<
        { account: string; part: string; email_address: string | null },
        { account: string; part: string; email_address?: string | null }
      >
      clerk_versions: Table<
        { table_name: string; id: string; version: string; deleted_at: string | null },
        { table_name: string; id: string; version: string; deleted_at?: string | null }
      >
      clerk_dead_letters: Table<
        { id: string; type: string; entity_id: string | null; code: string; payload: string; parked_at: string },
        { id: string; type: string; entity_id?: string | null; code: string; payload: string; parked_at: string }
      >
    }
    Views: { [_ in never]: never }
    Functions: { [_ in never]: never }
    Enums: { plan: 'free' | 'paid' }
    CompositeTypes: { [_ in never]: never }
  }
}

type Table<Row, Insert> = { Row: Row; Insert: Insert; Update: Partial<Insert>; Relationships: [] }

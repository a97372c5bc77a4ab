/** The flows of datagrams of a whole process, which share its room: each has a socket of its own. */
export interface FlowRoom {
  /** Takes in one that begins. Where there is no room left, the one that was silent longest ends. */
  enter(flow: Guest): void;
  /** It is not silent. */
  heard(flow: Guest): void;
  leave(flow: Guest): void;
}

/** A flow as the room knows it; it leaves when it ends. */
export interface Guest {
  end(): void;
}

/** Room for `most` flows at once. */
export function flowRoom(most: number = MOST_FLOWS): FlowRoom {
  /** Those that were silent longest come first. */
  const guests = new Set<Guest>();
  return {
    enter(flow) {
      const [silent] = guests.size >= most ? guests : [];
      silent?.end();
      guests.add(flow);
    },
    heard(flow) {
      if (guests.delete(flow)) guests.add(flow);
    },
    leave(flow) {
      guests.delete(flow);
    },
  };
}

const MOST_FLOWS = 10_000;

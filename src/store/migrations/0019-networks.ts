import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, strict } = columns(db);
  await run(db, [
    sql`create table network_owners (
      account ${id} not null, region ${id} not null, made_at ${int} not null, primary key (account, region)) ${strict}`,
    sql`create table vpcs (
      id ${id} primary key, account ${id} not null, region ${id} not null, cidr_block ${id} not null,
      cidr_association_id ${id} not null, is_default ${int} not null, tenancy ${id} not null, dns_support ${int} not null,
      dns_hostnames ${int} not null, address_usage_metrics ${int} not null, network_acl_id ${id} not null unique,
      revision ${int} not null default 0) ${strict}`,
    sql`create index vpcs_page on vpcs (account, region, id)`,
    sql`create unique index vpcs_default on vpcs (account, region) where is_default = 1`,
    sql`create table network_acl_entries (
      vpc_id ${id} not null references vpcs (id) on delete cascade, egress ${int} not null, rule_number ${int} not null,
      protocol ${id} not null, action ${id} not null, cidr ${id} not null, from_port ${int}, to_port ${int},
      icmp_type ${int}, icmp_code ${int}, primary key (vpc_id, egress, rule_number)) ${strict}`,
    sql`create table subnets (
      id ${id} primary key, account ${id} not null, region ${id} not null, vpc_id ${id} not null references vpcs (id),
      zone ${id} not null, cidr_block ${id} not null, is_default ${int} not null, public_addresses ${int} not null,
      ipv6_addresses ${int} not null, dns64 ${int} not null, hostname_type ${id} not null, name_records ${int} not null,
      name_records6 ${int} not null, acl_association_id ${id} not null) ${strict}`,
    sql`create index subnets_page on subnets (account, region, id)`,
    sql`create index subnets_of_vpc on subnets (vpc_id, id)`,
    sql`create unique index subnets_default on subnets (vpc_id, zone) where is_default = 1`,
    sql`create table security_groups (
      id ${id} primary key, account ${id} not null, region ${id} not null, vpc_id ${id} not null references vpcs (id),
      name ${id} not null, description text not null, unique (vpc_id, name)) ${strict}`,
    sql`create index security_groups_page on security_groups (account, region, id)`,
    sql`create table security_group_rules (
      id ${id} primary key, account ${id} not null, region ${id} not null,
      group_id ${id} not null references security_groups (id) on delete cascade, egress ${int} not null,
      protocol ${id} not null, from_port ${int} not null, to_port ${int} not null, source_kind ${id} not null,
      source ${id} not null, description text, unique (group_id, egress, protocol, from_port, to_port, source)) ${strict}`,
    sql`create index security_group_rules_page on security_group_rules (account, region, id)`,
    sql`create index security_group_rules_source on security_group_rules (source, group_id)`,
    sql`create table internet_gateways (
      id ${id} primary key, account ${id} not null, region ${id} not null,
      vpc_id ${id} unique references vpcs (id)) ${strict}`,
    sql`create index internet_gateways_page on internet_gateways (account, region, id)`,
    sql`create table route_tables (
      id ${id} primary key, account ${id} not null, region ${id} not null,
      vpc_id ${id} not null references vpcs (id)) ${strict}`,
    sql`create index route_tables_page on route_tables (account, region, id)`,
    sql`create index route_tables_of_vpc on route_tables (vpc_id, id)`,
    sql`create table routes (
      route_table_id ${id} not null references route_tables (id) on delete cascade, destination ${id} not null,
      target_kind ${id} not null, target ${id} not null, origin ${id} not null,
      primary key (route_table_id, destination)) ${strict}`,
    sql`create index routes_target on routes (target, route_table_id)`,
    // Subnets with a table of their own; without a subnet, the VPC's main table.
    sql`create table route_table_associations (
      id ${id} primary key, route_table_id ${id} not null references route_tables (id), vpc_id ${id} not null,
      subnet_id ${id} unique references subnets (id)) ${strict}`,
    sql`create index route_table_associations_of_table on route_table_associations (route_table_id, id)`,
    sql`create unique index route_table_associations_main on route_table_associations (vpc_id) where subnet_id is null`,
    sql`create table network_tags (
      account ${id} not null, region ${id} not null, resource_id ${id} not null, key ${id} not null, value text not null,
      resource_type ${id} not null, primary key (account, region, resource_id, key)) ${strict}`,
    // Where load balancers stand: one interface in each of their subnets.
    sql`create table network_interfaces (
      id ${id} primary key, account ${id} not null, region ${id} not null, attachment_id ${id} not null,
      load_balancer_arn ${id} not null references load_balancers (arn) on delete cascade,
      subnet_id ${id} not null references subnets (id), attached_at ${int} not null,
      unique (load_balancer_arn, subnet_id)) ${strict}`,
    sql`create index network_interfaces_page on network_interfaces (account, region, id)`,
    sql`create index network_interfaces_of_subnet on network_interfaces (subnet_id, id)`,
    sql`create table load_balancer_groups (
      load_balancer_arn ${id} not null references load_balancers (arn) on delete cascade,
      group_id ${id} not null references security_groups (id), primary key (load_balancer_arn, group_id)) ${strict}`,
    sql`create index load_balancer_groups_by_group on load_balancer_groups (group_id, load_balancer_arn)`,
    sql`create table hosts (
      account ${id} not null, region ${id} not null, instance_id ${id} not null, address ${id} not null,
      subnet_id ${id} not null references subnets (id), registered_at ${int} not null,
      primary key (account, region, instance_id), unique (account, region, address)) ${strict}`,
    sql`create index hosts_of_subnet on hosts (subnet_id)`,
    sql`create table host_groups (
      account ${id} not null, region ${id} not null, instance_id ${id} not null,
      group_id ${id} not null references security_groups (id),
      primary key (account, region, instance_id, group_id)) ${strict}`,
    sql`create index host_groups_by_group on host_groups (group_id, account, region, instance_id)`,
  ]);
}

// Builds addresses with npm's sdmx-rest, the client of the BIS, and asks for each of them.
//
//     node sdmx_rest.mjs BASE AGENCY FLOW KEY

import sdmx from 'sdmx-rest'

const [base, agency, flow, key] = process.argv.slice(2)
const { getService, getDataQuery, getMetadataQuery, getAvailabilityQuery, getSchemaQuery, getUrl } = sdmx
const { getDataQuery2, getAvailabilityQuery2 } = sdmx
let failed = 0

async function ask(query, service, expected = 200) {
  const address = getUrl(query, service)
  const answer = await fetch(address)
  await answer.text()
  const good = answer.status === expected
  failed += good ? 0 : 1
  console.log(good ? 'ok  ' : 'FAIL', answer.status, address)
}

for (const api of ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0', 'v1.4.0', 'v1.5.0']) {
  const service = getService({ url: `${base}/sdmx/v1`, api })
  await ask(getDataQuery({ flow: `${agency},${flow},1.0`, key: key || 'all' }), service)
  await ask(getDataQuery({ flow, lastNObs: 1, detail: 'dataonly' }), service)
  await ask(getDataQuery({ flow, start: '2999' }), service, 404)
  await ask(getSchemaQuery({ context: 'dataflow', agency, id: flow }), service)
  for (const resource of ['dataflow', 'datastructure', 'codelist', 'conceptscheme', 'categoryscheme', 'agencyscheme',
    'dataproviderscheme', 'categorisation', 'contentconstraint', 'provisionagreement']) {
    await ask(getMetadataQuery({ resource }), service)
  }
  for (const references of ['children', 'parents', 'descendants', 'all', 'codelist']) {
    await ask(getMetadataQuery({ resource: 'dataflow', agency, id: flow, references }), service)
  }
  if (['v1.3.0', 'v1.4.0', 'v1.5.0'].includes(api)) {
    await ask(getAvailabilityQuery({ flow, mode: 'available', references: 'all' }), service)
  }
}
{
  const service = getService({ url: `${base}/sdmx/v2`, api: 'v2.0.0' })
  const context = `dataflow=${agency}:${flow}(1.0)`
  await ask(getMetadataQuery({ resource: 'dataflow', agency, id: '*', version: '~' }), service)
  await ask(getMetadataQuery({ resource: '*', agency, references: 'none' }), service)
  await ask(getDataQuery2({ context, lastNObs: 1 }), service)
  await ask(getDataQuery2({ context, lastNObs: 1, attributes: 'none', measures: 'all' }), service)
  await ask(getDataQuery2({ context, lastNObs: 1, filters: ['TIME_PERIOD=ge:1900', 'FREQ=A'] }), service)
  await ask(getDataQuery2({ context, filters: 'TIME_PERIOD=ge:2999' }), service, 204)
  await ask(getAvailabilityQuery2({ context }), service)
}
process.exit(failed ? 1 : 0)
